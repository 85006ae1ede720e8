"""Arrays of pixels as Pillow's pictures."""

import numpy as np
from PIL import Image


def rgb_picture(pixels: np.ndarray) -> Image.Image:
    """Return uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey) as a picture in mode RGB."""
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        return Image.fromarray(pixels)
    return Image.fromarray(pixels.reshape(pixels.shape[:2])).convert("RGB")
