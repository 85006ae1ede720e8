"""A photo of any format that Pillow decodes, told by its content, becomes an upright picture in RGB.

Large photos are read smaller, by a whole factor, with at least WORKING_PIXELS left: of a JPEG fewer coefficients are
decoded then, so that 100 million pixels need neither the time nor the memory.
"""

import dataclasses
import io
import math
import pathlib
import threading
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError, features

from fer_keras.data.readers.colours import SIDES_EXCHANGED, in_rgb, orientation, turned
from fer_keras.inference.content import HEAD, head_of, kind_of
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import require_file
from fer_keras.io.pictures import rgb_picture

MOST_PIXELS = 89_478_485
"""Pillow's own limit for what it does not call a decompression bomb."""
WORKING_PIXELS = 1600 * 1200
NO_PHOTOS = ("EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG")
"""Formats that Pillow names, but leaves to another program; EPS runs Ghostscript."""
END_OF_JPEG = b"\xff\xd9"
USUAL = ("JPEG", "PNG", "GIF", "BMP")
DECODED = (*USUAL, "TIFF", "WebP", "HEIC")
"""Kinds of which a file that cannot be told is a damaged one; a HEIC photo without its decoder is refused earlier."""
HEIC_EXTRA = "pip install 'fer-keras[heic]'"

_opening = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Photo:
    """A photo's pixels.

    Attributes:
        picture: in mode RGB, upright; perhaps smaller than the photo.
        width, height: of the photo itself, upright, in its own pixels.
        notes: what a user should know of how it was read.
    """

    picture: Image.Image
    width: int
    height: int
    notes: tuple[str, ...] = ()

    def without_picture(self) -> "Photo":
        """Return what is known of the photo, without its pixels."""
        return dataclasses.replace(self, picture=Image.new("RGB", (0, 0)))


def read_photo(path: pathlib.Path, most_pixels: int = MOST_PIXELS, whole: bool = False) -> Photo:
    """Return the photo at `path`; of an animation the first frame, of a JPEG that is cut off what is there.

    Args:
        most_pixels: of a photo, before it is decoded.
        whole: keep every pixel instead of reading large photos smaller.

    Raises UserError in one line for what is no photo, is damaged, is larger, or needs a decoder that is not installed.
    """
    path = require_file(pathlib.Path(path), "a photo")
    try:
        with path.open("rb") as file:
            return _read(file, path, most_pixels, whole)
    except UserError:
        raise
    except UnidentifiedImageError as error:
        raise expected(f"a photo that Pillow can read at {path}", _unidentified(path)) from error
    except MemoryError as error:
        raise expected(f"memory for the photo at {path}", "out of memory") from error
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        reason = f": {error}" if isinstance(error, OSError | ValueError | SyntaxError) and str(error) else ""
        raise expected(f"a photo that can be decoded at {path}", f"a damaged file{reason}") from error


def of_pixels(array: np.ndarray | Image.Image) -> Photo:
    """Return the photo in uint8 [H, W] or [H, W, 1] (grey) or [H, W, 3] (RGB), or in a picture of Pillow's.

    Raises ValueError for anything else, UserError for a picture of floating-point numbers.
    """
    if isinstance(array, Image.Image):
        array.load()
        turn = orientation(array)  # only now: see `_read`
        picture = turned(in_rgb(array, "the picture"), turn)
        return Photo(picture, *picture.size)
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim not in (2, 3) or not array.size:
        described = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise ValueError(
            f"Expected paths, uint8 arrays [H, W], [H, W, 1] or [H, W, 3], or pictures. Received: {described}"
        )
    if array.ndim == 3 and array.shape[2] not in (1, 3):
        raise ValueError(f"Expected 1 or 3 channels. Received: {array.shape[2]}")
    height, width = array.shape[:2]
    return Photo(rgb_picture(array), width, height)


def _unidentified(path) -> str:
    """Say what lies at `path`, in which Pillow finds no photo."""
    kind = kind_of(head_of(path))
    is_decoded = kind in DECODED or (kind == "AVIF" and features.check("avif"))
    return f"a damaged {kind} file" if is_decoded else kind


def _read(file: BinaryIO, path, most_pixels, whole) -> Photo:
    image, notes = _open(file, path), []
    if math.prod(image.size) > most_pixels:
        raise _too_large(path, image.size, most_pixels)
    if getattr(image, "is_animated", False) and image.format != "MPO":
        notes.append(f"{image.n_frames} frames, the first taken")
    size = image.size
    factor = 1 if whole else max(1, math.isqrt(math.prod(size) // WORKING_PIXELS))
    image, complete = _loaded(image, file, path, factor)
    if not complete:
        notes.append("cut off, read as far as it goes")
    turn = orientation(image)  # only now: Pillow turns TIFF itself while it decodes
    picture = turned(in_rgb(_smaller(image, factor * max(image.size) // max(size), path), path), turn)
    width, height = size[::-1] if turn in SIDES_EXCHANGED else size
    return Photo(picture, width, height, tuple(notes))


def _open(file: BinaryIO, path) -> Image.Image:
    """Return the image with its header read. Pillow's limit gives way to ours, which can be named and moved."""
    formats = _formats(kind_of(file.read(HEAD)), path)
    with _opening:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(file, formats=formats)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _formats(kind: str, path) -> list[str]:
    """Return the formats to try; to load all takes Pillow 0.2 s, which the usual ones need not pay."""
    if kind == "HEIC":
        _register_heic(path)
    with _opening:
        if kind in USUAL:
            Image.preinit()
            return [kind]
        Image.init()
        return [name for name in Image.ID if name not in NO_PHOTOS]


def _register_heic(path) -> None:
    try:
        import pillow_heif
    except ImportError as error:
        then = f"Run: {HEIC_EXTRA}; or save the photo as JPEG."
        raise expected(f"pillow-heif, to read the HEIC photo at {path}", "none installed", then) from error
    pillow_heif.register_heif_opener()


def _loaded(image, file, path, factor) -> tuple[Image.Image, bool]:
    """Return the decoded image, and whether its file was complete."""
    try:
        return _decoded(image, factor), True
    except OSError:
        if image.format not in ("JPEG", "MPO"):
            raise
    file.seek(0)
    return _decoded(_open(io.BytesIO(file.read() + END_OF_JPEG), path), factor), False


def _decoded(image, factor):
    if factor > 1:
        image.draft(None, (image.width // factor, image.height // factor))
    image.load()
    return image


def _smaller(image, factor, path):
    if factor == 1:
        return image
    irreducible = image.mode in ("1", "P", "PA") or image.mode.startswith("I;16")
    return (in_rgb(image, path) if irreducible else image).reduce(factor)


def _too_large(path, size, most):
    pixels = math.prod(size)
    then = f"Give --max-pixels {pixels} if you trust the file."
    return expected(f"at most {most:,} pixels at {path}", f"{size[0]}x{size[1]}, {pixels:,} pixels", then)
