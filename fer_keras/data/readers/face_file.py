"""One image of an image-folder FER2013, decoded: 48x48 pixels, grey."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import require_file

SIDE = 48
MOST_BYTES = 1 << 20
THEN = "fer-keras clean lists Training images that cannot be read, for --drop"


def decoded(name: str, then: str = THEN) -> np.ndarray:
    """Decode one file to uint8 [48, 48]; nothing is decoded before the header's size is right.

    RGB files must be grey ones. Raises UserError, naming the file, for anything else; `then` is what to do about it.
    """
    path = require_file(Path(name), "an image")
    if path.stat().st_size > MOST_BYTES:
        raise expected(f"a {SIDE}x{SIDE} image at {path}", f"a file of {path.stat().st_size} bytes", then)
    return _pixels(path, f"at {path}", then)


def of_bytes(data: bytes, where: str) -> np.ndarray:
    """Decode a file's content, as `decoded` does; `where` names it in errors ("in row 3 of x")."""
    return _pixels(io.BytesIO(data), where, "")


def _pixels(file: Path | io.BytesIO, where: str, then: str) -> np.ndarray:
    try:
        with Image.open(file, formats=("PNG", "JPEG")) as image:
            if image.size != (SIDE, SIDE):
                raise expected(f"a {SIDE}x{SIDE} image {where}", "{}x{}".format(*image.size), then)
            if image.mode not in ("L", "RGB", "P"):
                raise expected(f"an 8-bit grey image {where}", f"mode {image.mode}", then)
            pixels = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise expected(f"a {SIDE}x{SIDE} image {where}", "a far larger one", then) from error
    except Exception as error:  # A decoder fed with damaged bytes raises nearly anything.
        raise expected(f"an image that can be decoded {where}", type(error).__name__, then) from error
    if pixels.ndim == 3:
        if (pixels != pixels[..., :1]).any():
            raise expected(f"a grey image {where}", "a coloured one", then)
        pixels = pixels[..., 0]
    return pixels
