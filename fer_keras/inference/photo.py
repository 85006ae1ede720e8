"""A photo becomes the face that a network takes."""

import pathlib

import numpy as np
from PIL import Image, ImageOps

from fer_keras.data.crop import crop
from fer_keras.data.readers.photos import in_colour

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
Box = tuple[int, int, int, int]


def read_face(path: pathlib.Path, side: int, channels: int, cropping=None) -> tuple[np.ndarray, Box | None]:
    """Return (the image at `path` as uint8 [side, side, channels], the box of the face in it).

    Turned upright where its EXIF data say how; then as `face_of`.
    Raises UserError for a file that is missing or no image, or a decompression bomb.
    """
    return face_of(ImageOps.exif_transpose(in_colour(path, FORMATS)), side, channels, cropping)


def face_of(image: Image.Image, side: int, channels: int, cropping=None) -> tuple[np.ndarray, Box | None]:
    """Return (uint8 [side, side, channels], box): the largest face of `image`, found by `cropping` = (Detector, margin).

    The box is (left, top, width, height) in pixels of the image, None where no face is found. Then, and without
    `cropping`, it is the central square that is taken, shrunk with area averaging.
    """
    image = image.convert("L" if channels == 1 else "RGB")
    if cropping:
        pixels = np.asarray(image).reshape(image.height, image.width, channels)
        cropped = crop(pixels, side, *cropping)
        return cropped.pixels, cropped.box and tuple(round(number) for number in cropped.box)
    (width, height), edge = image.size, min(image.size)
    left, top = (width - edge) // 2, (height - edge) // 2
    square = image.crop((left, top, left + edge, top + edge))
    return np.asarray(square.resize((side, side), Image.Resampling.BOX)).reshape(side, side, channels), None
