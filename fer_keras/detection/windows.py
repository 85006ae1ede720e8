"""An image at several sizes, and the square windows of them that a network of a fixed input looks at."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from PIL import Image

BORDER = 0.25
"""Share of the image's longer side that the first level continues its edges by: a face may fill the whole image."""
OVERLAP = 0.5
"""Windows of a level overlap by at least this share of their side, so a face of half a window is whole in one of them."""
MOST_ENLARGED = 2.0


@dataclasses.dataclass(frozen=True)
class Window:
    """`pixels` uint8 [S, S, 3] of an image, and how to find them there.

    Attributes:
        left, top: of the window, in pixels of the image at its level; below 0 where edges are continued.
        scale: (across, down), pixels of the image for each of the level.
        inner: which of its sides (left, top, right, bottom) lie within the image: a face that touches one is cut.
    """

    pixels: np.ndarray
    left: int
    top: int
    scale: tuple[float, float]
    inner: tuple[bool, bool, bool, bool]


def windows(image: np.ndarray, side: int, levels: int) -> Iterator[Window]:
    """Yield the windows of uint8 [H, W, 3], from coarse to fine.

    Level 0 shows the whole image with a border, level 1 fills the window with it, and each further one is twice as fine.
    No image is enlarged more than MOST_ENLARGED times, but for level 0.
    """
    picture = Image.fromarray(image)
    longer = max(picture.size)
    for level in range(levels):
        target = side / (1 + 2 * BORDER) if level == 0 else side * 2 ** (level - 1)
        if level and target > MOST_ENLARGED * longer:
            return
        yield from _level(picture, side, target / longer)


def _level(picture, side, scale):
    width, height = (max(1, round(length * scale)) for length in picture.size)
    pixels = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0))
    across, down = max(0, side - width), max(0, side - height)
    left, top = across // 2, down // 2
    pixels = np.pad(pixels, ((top, down - top), (left, across - left), (0, 0)), mode="edge")
    rows, columns = pixels.shape[:2]
    back = picture.width / width, picture.height / height
    for y in starts(rows, side):
        for x in starts(columns, side):
            inner = (x > 0, y > 0, x + side < columns, y + side < rows)
            yield Window(pixels[y : y + side, x : x + side], x - left, y - top, back, inner)


def starts(length: int, side: int) -> list[int]:
    """Return where windows of `side` begin along `length` pixels, the last one at its end."""
    steps = -(-(length - side) // round(side * (1 - OVERLAP)))
    return [round(step * (length - side) / steps) for step in range(steps + 1)] if steps else [0]
