"""OpenCV, which is optional here, and what its detectors need of an image."""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from fer_keras.detection.face import Face, largest_first
from fer_keras.io.errors import expected

INSTALL = 'pip install "opencv-python-headless>=4.10,<5"'
BORDER = 0.25
"""Share of each side by which the edge pixels are continued before the search: a face cut by the frame is found too."""
SHORT_SIDE, LONG_SIDE = 96, 1024
"""Images are enlarged by a whole factor until the short side has 96 pixels, shrunk until the long side has 1024."""

Search = Callable[[np.ndarray], list[Face]]


def opencv() -> ModuleType:
    """Return the module cv2. Raises UserError, with the command to install it, where there is none."""
    try:
        import cv2
    except ImportError as error:
        raise expected("OpenCV, for this face detector", "none installed", f"Run: {INSTALL}") from error
    return cv2


def search_framed(cv: ModuleType, image: np.ndarray, search: Search) -> list[Face]:
    """Return what `search` finds in the image with its border, at a fit size; boxes in pixels of `image`."""
    height, width = image.shape[:2]
    border = round(BORDER * min(height, width))
    framed = cv.copyMakeBorder(image, *(border,) * 4, cv.BORDER_REPLICATE)
    scale = _scale(height, width)
    how = cv.INTER_AREA if scale < 1 else cv.INTER_CUBIC
    found = search(cv.resize(framed, None, fx=scale, fy=scale, interpolation=how))
    return largest_first([Face(_back(face.box, scale, border), face.score) for face in found])


def _back(box, scale, border):
    left, top, width, height = box
    return left / scale - border, top / scale - border, width / scale, height / scale


def _scale(height: int, width: int) -> float:
    if max(height, width) > LONG_SIDE:
        return LONG_SIDE / max(height, width)
    return float(max(1, -(-SHORT_SIDE // min(height, width))))
