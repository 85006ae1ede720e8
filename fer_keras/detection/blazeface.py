"""BlazeFace, short range (Bazarevsky et al. 2019, arXiv:1907.05047), from MediaPipe's file in weights/, run by LiteRT.

The network was made for 128 pixels, and faces of a fifth of that or more. It consists of convolutions, which take larger
images as well: an image is searched at several sizes (`levels`), each as a whole, and what they show is merged (`merging`).
Where a level leaves a face unsure, its surroundings are looked at once more, mirrored: what is a face is one there, too.
How well that works, beside other detectors: `python -m benchmarks.detectors`.
"""

import functools
import hashlib
import importlib.resources

import numpy as np
from PIL import Image

from fer_keras import litert
from fer_keras.detection.face import Face, Framing, largest_first
from fer_keras.detection.levels import BORDER, GAP, MULTIPLE, Level, levels
from fer_keras.detection.merging import are_same, groups, merged
from fer_keras.detection.windows import AROUND, windows
from fer_keras.io.errors import expected
from fer_keras.io.pictures import rgb_picture

FILE = "face_detection_short_range.tflite"
SHA256 = "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
SIDE = 128
GRIDS = ((8, 2), (16, 6))
"""(pixels of a cell's side, anchors a cell) of the network's two outputs."""
LEAST_SCORE = 0.64
LEAST_AGREEMENT = 0.99
"""Chosen on PublicTest faces in pictures, for few false alarms; MediaPipe's threshold is a score of 0.5."""
SURE = 0.9999
"""An agreement that needs no second look; at LEAST_AGREEMENT itself one box more or less would move the average too far."""
LEAST_LOGIT = float(np.log(LEAST_SCORE / (1 - LEAST_SCORE)))
LEVELS, FAST_LEVELS = 4, 3
SHAPES = 6
"""Shapes that memory is kept for: those of the levels of one camera's photos, upright and across, and of windows."""
FRAMING = Framing(scale=1.14, down=-0.10)
"""Medians over PublicTest faces in pictures: `python -m benchmarks.framing`."""


class BlazeFace:
    """The network as a Detector; one thread at a time may use it.

    Args:
        levels: sizes at which an image is searched; see `levels`. The last one tells the smallest face: with 4 it is
            some 6 % of the image's longer side, with 3 some 12 %.
        threads: that the network takes; None for the processors at hand.

    Raises UserError where LiteRT is not installed, and where the package's file is missing or damaged.
    """

    framing = FRAMING

    def __init__(self, levels: int = LEVELS, threads: int | None = None):
        self.name = f"BlazeFace {'fast ' if levels == FAST_LEVELS else ''}{SHA256[:12]}"
        self.version = litert.version()
        self.settings = (levels, BORDER, GAP, MULTIPLE, LEAST_SCORE, LEAST_AGREEMENT, SURE, AROUND)
        self._levels = levels
        self._network = litert.Shapes(_content(), f"BlazeFace's file {FILE}", SHAPES, threads)

    def find(self, image: np.ndarray | Image.Image) -> list[Face]:
        """Return the faces in uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey), or an RGB picture, the largest first."""
        picture = image if isinstance(image, Image.Image) else rgb_picture(image)
        found = [self._in_level(level) for level in levels(picture, SIDE, self._levels)]
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return largest_first(merged(boxes, scores, LEAST_AGREEMENT))

    def _in_level(self, level: Level):
        """Return (boxes [N, 4] in pixels of the image, scores [N])."""
        pixels = level.pixels.astype(np.float32)
        pixels /= 127.5
        pixels -= 1
        looks = [self._seen(pixels)]
        unsure = [face.box for face, agreement in groups(*looks[0]) if agreement < SURE]
        looks += [self._again(pixels, *window) for window in windows(unsure, *pixels.shape[:2], SIDE)]
        boxes, scores = (np.concatenate(parts) for parts in zip(*looks, strict=True))
        return (boxes - np.array([level.left, level.top, 0, 0])) * (level.scale * 2), scores

    def _again(self, pixels, window, face):
        """Return the boxes and scores in the mirror image of a Window of `pixels`, of one `face` alone unless it is None."""
        left, top, width, height = window
        boxes, scores = self._seen(np.ascontiguousarray(pixels[top : top + height, left : left + width][:, ::-1]))
        boxes[:, 0] = width - boxes[:, 0] - boxes[:, 2]
        boxes[:, :2] += left, top
        same = slice(None) if face is None else are_same(boxes, face)
        return boxes[same], scores[same]

    def _seen(self, pixels):
        """Return (boxes [N, 4] in pixels, scores [N]) of float32 [h, w, 3] from -1 to 1."""
        raw, logits = self._network(pixels[np.newaxis])
        return decoded(raw[0], logits[0], anchors(*pixels.shape[:2]))


@functools.lru_cache(maxsize=SHAPES)
def anchors(height: int = SIDE, width: int = SIDE) -> np.ndarray:
    """Return float32 [N, 2], the centres (x, y) of the anchors in an image of these sides, in its pixels."""
    grids = []
    for cell, each in GRIDS:
        x, y = ((np.arange(length // cell, dtype=np.float32) + 0.5) * cell for length in (width, height))
        x, y = np.meshgrid(x, y)
        grids.append(np.stack([x.ravel(), y.ravel()], axis=1).repeat(each, axis=0))
    return np.concatenate(grids)


def decoded(raw: np.ndarray, logits: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (boxes [N, 4] in pixels, scores [N]) of the anchors that score LEAST_SCORE or more.

    Args:
        raw: float32 [A, 16]: centre from the anchor's and size of the box, in pixels, then six points of the face.
        logits: float32 [A, 1].
        centres: float32 [A, 2], of the anchors.
    """
    chosen = np.flatnonzero(logits[:, 0] >= LEAST_LOGIT)
    chosen = chosen[(raw[chosen, 2:4] > 0).all(axis=1)]
    centre, size = raw[chosen, :2] + centres[chosen], raw[chosen, 2:4]
    return np.concatenate([centre - size / 2, size], axis=1), 1 / (1 + np.exp(-logits[chosen, 0]))


def _content() -> bytes:
    try:
        content = importlib.resources.files("fer_keras.detection").joinpath("weights", FILE).read_bytes()
    except OSError as error:
        raise expected(f"the package's file {FILE}", "none", "Install fer-keras anew.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        raise expected(f"the package's file {FILE} with sha256 {SHA256[:12]}", digest[:12], "Install fer-keras anew.")
    return content
