"""What every detector gives."""

import dataclasses
from typing import Protocol

import numpy as np
from PIL import Image

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels of the image; it may reach beyond the image."""


@dataclasses.dataclass(frozen=True)
class Face:
    """A face: its `box`, and how sure the detector is, from 0 to 1 (1 from a detector that does not say)."""

    box: Box
    score: float


@dataclasses.dataclass(frozen=True)
class Framing:
    """How FER2013 would have framed a face that a detector found.

    Attributes:
        scale: side of FER2013's frame, in longer sides of the detector's box.
        right, down: from the box's centre to the frame's, in longer sides of the box.
    """

    scale: float = 1.0
    right: float = 0.0
    down: float = 0.0

    def frame(self, box: Box) -> Box:
        """Return the square that FER2013 would show of the face in `box`."""
        left, top, width, height = box
        longer = max(width, height)
        side = self.scale * longer
        across, down = left + width / 2 + self.right * longer, top + height / 2 + self.down * longer
        return across - side / 2, down - side / 2, side, side


class Detector(Protocol):
    """Finds faces. `fer_keras.detection.open_detector` gives one.

    Attributes:
        name: what records call it; tells one file of weights from another.
        version: of the library that runs it.
        settings: of the search, on which the boxes depend too.
        framing: from its boxes to FER2013's frames.
    """

    name: str
    version: str
    settings: tuple
    framing: Framing

    def find(self, image: np.ndarray | Image.Image) -> list[Face]:
        """Return the faces in uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey), or an RGB picture, the largest first."""


def largest_first(faces: list[Face]) -> list[Face]:
    """Return `faces` by the area of their boxes."""
    return sorted(faces, key=lambda face: face.box[2] * face.box[3], reverse=True)
