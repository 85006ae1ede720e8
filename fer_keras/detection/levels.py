"""An image at several sizes, at each of which a network looks for faces of about the same number of pixels."""

import dataclasses

import numpy as np
from PIL import Image

BORDER = 0.25
"""Share of the image's longer side that the first level continues its edges by: a face may fill the whole image."""
MOST_ENLARGED = 2.0
GAP = 1.0
"""The finest level is made of the image reduced by the largest whole factor that leaves it this many times as large."""
MULTIPLE = 64
"""Levels have edges continued to whole multiples of this: most cameras' photos then have few shapes."""


@dataclasses.dataclass(frozen=True)
class Level:
    """`pixels` uint8 [h, w, 3] of an image, and how to find them there.

    Attributes:
        left, top: of the image in the level, in pixels of the level; before them its edges are continued.
        scale: (across, down), pixels of the image for each of the level.
    """

    pixels: np.ndarray
    left: int
    top: int
    scale: tuple[float, float]


def levels(picture: Image.Image, side: int, count: int) -> list[Level]:
    """Return the levels of an RGB picture, from coarse to fine, with sides of `side` or more, multiples of MULTIPLE.

    Level 0 shows the whole image with a border in `side` pixels, level 1 without one, and each further one is twice as
    fine; but for the finest, each is made of the next finer one, which is quick. No image is enlarged more than
    MOST_ENLARGED times, but for level 0.
    """
    found, longer = [], max(picture.size)
    targets = [side * 2**level for level in range(count - 1)]
    targets = [side / (1 + 2 * BORDER), *(target for target in targets if target <= MOST_ENLARGED * longer)]
    pixels, gap = picture, GAP
    for target in reversed(targets):
        width, height = (max(1, round(length * (target / longer))) for length in picture.size)
        pixels, gap = pixels.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=gap), None
        found.append(_level(pixels, (picture.width / width, picture.height / height), side))
    return found[::-1]


def _level(picture, scale, side) -> Level:
    across, down = (max(side, -(-length // MULTIPLE) * MULTIPLE) - length for length in picture.size)
    left, top = across // 2, down // 2
    pixels = np.pad(np.asarray(picture), ((top, down - top), (left, across - left), (0, 0)), mode="edge")
    return Level(pixels, left, top, scale)
