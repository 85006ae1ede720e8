"""Stand-ins: a detector that finds bright squares, a network that tells dark faces from bright ones."""

import numpy as np

from fer_keras.detection import Face, Framing
from fer_keras.inference.classifier import Classifier

GROUND = 40


class BrightSquares:
    """Finds the squares that `scene` draws: connected columns brighter than the ground."""

    name, version, framing = "bright squares", "1", Framing()

    def find(self, image):
        bright = np.asarray(image)[..., 0] > GROUND + 30
        columns = np.flatnonzero(bright.any(axis=0))
        groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1) if len(columns) else []
        faces = []
        for group in groups:
            rows = np.flatnonzero(bright[:, group].any(axis=1))
            box = (float(group[0]), float(rows[0]), float(len(group)), float(rows[-1] - rows[0] + 1))
            faces.append(Face(box, 0.9))
        return sorted(faces, key=lambda face: -face.box[2] * face.box[3])


def scene(width, height, *squares):
    """Return uint8 [height, width, 3]: a dark ground with squares (left, top, side, brightness)."""
    pixels = np.full((height, width, 3), GROUND, np.uint8)
    for left, top, side, brightness in squares:
        pixels[top : top + side, left : left + side] = brightness
    return pixels


TWO = scene(200, 120, (10, 20, 30, 200), (100, 40, 60, 90))
"""Two faces: a small bright one, and a large one."""


def brightness(faces):
    """The second class grows with the mean pixel."""
    bright = faces.mean(axis=(1, 2, 3)) / 255
    return np.stack([1 - bright, bright], axis=1)


def classifier(**changes):
    """Return a classifier of grey faces of 8 pixels."""
    return Classifier(brightness, **({"side": 8, "channels": 1, "class_names": ("sad", "happy")} | changes))


def finding(**changes):
    """Return one whose default detector finds bright squares."""
    return classifier(cropping=(BrightSquares(), 0.0), **changes)
