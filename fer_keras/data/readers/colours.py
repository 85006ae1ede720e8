"""Decoded images of any colour mode as 8-bit RGB, upright."""

import numpy as np
from PIL import Image

from fer_keras.io.errors import expected

GROUND = 128
"""Grey under transparent pixels: neither black nor white, which detectors and networks take for hair and light."""
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""{EXIF orientation: what turns the image upright}."""
SIDES_EXCHANGED = (5, 6, 7, 8)
"""Orientations of which the upright image is as wide as the one in the file is high."""


def in_rgb(image: Image.Image, path: object) -> Image.Image:
    """Return the decoded `image` of `path` in mode RGB.

    What is transparent is composed onto grey (GROUND). 16-bit grey is divided by 257: 65535 becomes 255.
    Raises UserError for floating-point pixels, and for integers beyond 16 bits.
    """
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    if image.mode == "F" or image.mode.startswith("I"):
        return _of_numbers(np.asarray(image), path).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, (GROUND,) * 3 + (255,)), image).convert("RGB")
    return image.convert("RGB")


def _of_numbers(pixels: np.ndarray, path) -> Image.Image:
    whole = np.issubdtype(pixels.dtype, np.integer)
    if not whole or (pixels.size and not 0 <= pixels.min() <= pixels.max() <= 0xFFFF):
        found = f"whole numbers from {pixels.min()} to {pixels.max()}" if whole else "floating-point numbers"
        raise expected(f"pixels of 8 or 16 bits in {path}", found, "Save it as PNG or JPEG.")
    return Image.fromarray(((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8))


def orientation(image: Image.Image) -> int:
    """Return the orientation that EXIF or XMP data state, 1 (upright) where they are absent or damaged."""
    try:
        stated = image.getexif().get(ORIENTATION, 1)
    except Exception:  # Pillow's parser raises nearly anything for damaged data, which say nothing of the pixels
        return 1
    return stated if stated in TURNS else 1


def turned(image: Image.Image, stated: int) -> Image.Image:
    """Return the decoded `image` upright, `stated` being its orientation."""
    return image.transpose(TURNS[stated]) if stated in TURNS else image
