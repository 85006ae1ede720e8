"""Photographs on disk, of any size and colour mode, to one array of RGB pixels."""

import tempfile
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_keras.data.readers.colours import in_rgb
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import require_file

FORMATS = ("JPEG", "PNG", "BMP", "TIFF")
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


class Photo(NamedTuple):
    """An image file, its label, its split, and the face's box, None for all of the image."""

    path: Path
    label: int
    split: str
    box: Box | None = None


def decoded(photos: list[Photo], side: int, root: Path) -> np.ndarray:
    """Return all photos as uint8 [N, side, side, 3], a map of a nameless file on disk: they may be larger than memory.

    Each is resampled bilinearly over the area that a pixel covers, as torchvision's `Resize((side, side))` does; one
    that has this size is kept as it is. Raises UserError, naming the file, for a link or path that leads outside
    `root`, an image that cannot be decoded, or one that is a decompression bomb (Pillow's limit).
    """
    with tempfile.TemporaryFile() as file:
        images, inside = np.memmap(file, np.uint8, shape=(len(photos), side, side, 3)), root.resolve()
    for image, photo in zip(images, photos, strict=True):
        if not photo.path.resolve().is_relative_to(inside):
            raise expected(f"images inside {root}", f"{photo.path}, which leads outside")
        image[:] = _decode(photo, side)
    return images


def _decode(photo: Photo, side: int) -> np.ndarray:
    colours = in_colour(photo.path)
    box = photo.box and _within(photo.box, colours.size)
    if box is None and colours.size == (side, side):
        return np.asarray(colours)
    return np.asarray(colours.resize((side, side), Image.Resampling.BILINEAR, box=box))


def in_colour(path: Path, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Return the image file at `path`, of one of Pillow's `formats`, decoded to RGB; what is transparent becomes grey.

    Raises UserError, naming the file: missing or empty, no such image, damaged, of more than 8 bits a channel, or a
    decompression bomb (Pillow's limit, 89 million pixels).
    """
    path = require_file(path, "an image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=formats) as image:
                if image.mode not in MODES:
                    raise expected(f"an image of 8 bits a channel at {path}", f"mode {image.mode}")
                image.load()
                return in_rgb(image, path)
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise expected(f"an image of a usual size at {path}", "a far larger one") from error
    except Exception as error:  # A decoder fed with damaged bytes raises nearly anything.
        raise expected(
            f"an image ({', '.join(formats)}) that can be decoded at {path}", type(error).__name__
        ) from error


def _within(box: Box, size: tuple[int, int]) -> Box | None:
    """Return the part of the box inside an image of `size` (width, height), None where less than a pixel is left."""
    (left, top, right, bottom), (width, height) = box, size
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    return (left, top, right, bottom) if right - left >= 1 and bottom - top >= 1 else None
