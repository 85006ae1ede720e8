"""One image file of an image-folder FER2013, decoded: 48x48 pixels, grey."""

from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.data.files import require_file
from fer_keras.io.errors import UserError, expected

SIDE = 48
MOST_BYTES = 1 << 20


def decoded(name: str) -> np.ndarray:
    """Decode one file to uint8 [48, 48]; nothing is decoded before the header's size is right.

    RGB files must be grey ones. Raises UserError, naming the file, for anything else.
    """
    path = require_file(Path(name), "an image")
    if path.stat().st_size > MOST_BYTES:
        raise expected(f"a {SIDE}x{SIDE} image at {path}", f"a file of {path.stat().st_size} bytes")
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as image:
            if image.size != (SIDE, SIDE):
                raise expected(f"a {SIDE}x{SIDE} image at {path}", "{}x{}".format(*image.size))
            if image.mode not in ("L", "RGB", "P"):
                raise expected(f"an 8-bit grey image at {path}", f"mode {image.mode}")
            pixels = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise expected(f"a {SIDE}x{SIDE} image at {path}", "a far larger one") from error
    except Exception as error:  # A decoder fed with damaged bytes raises nearly anything.
        raise expected(f"an image that can be decoded at {path}", type(error).__name__) from error
    if pixels.ndim == 3:
        if (pixels != pixels[..., :1]).any():
            raise expected(f"a grey image at {path}", "a coloured one")
        pixels = pixels[..., 0]
    return pixels
