"""Faces marked in a picture, with what the model says of them. Pillow alone."""

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_keras.inference.results import Prediction

COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
"""Of Okabe and Ito: told apart by the colour-blind, too. The n-th face has the n-th, over and over."""
TEXT_SHARE, LEAST_TEXT = 0.025, 12
"""Height of the letters, in shares of the picture's longer side, and at least in pixels."""


def annotated(pixels: np.ndarray | Image.Image, predictions: list[Prediction]) -> Image.Image:
    """Return the picture, or uint8 [H, W, 3], with a box and a label for each face; the boxes are in its pixels.

    A prediction without a box is labelled in the upper left corner, one without emotion as "no face".
    """
    image = pixels.copy() if isinstance(pixels, Image.Image) else Image.fromarray(np.ascontiguousarray(pixels))
    draw, size = ImageDraw.Draw(image), max(LEAST_TEXT, round(TEXT_SHARE * max(image.size)))
    for prediction in reversed(predictions):  # the largest face's label last, above the others
        colour = COLOURS[(prediction.face or 0) % len(COLOURS)]
        left, top, width, height = prediction.box or (0, 0, 0, 0)
        if prediction.box:
            draw.rectangle((left, top, left + width, top + height), outline=colour, width=max(2, size // 8))
        _label(draw, _words(prediction), (left, top), size, colour, image.size)
    return image


def _words(prediction) -> str:
    return "no face" if prediction.emotion is None else f"{prediction.emotion} {100 * prediction.confidence:.0f} %"


def _label(draw, words, corner, size, colour, within):
    """Write the words above the corner, moved to where they can be read."""
    font = _font(size)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    width, height = right - left + size // 2, bottom - top + size // 2
    x = min(max(corner[0], 0), max(0, within[0] - width))
    y = min(max(corner[1] - height, 0), max(0, within[1] - height))
    draw.rectangle((x, y, x + width, y + height), fill=colour)
    draw.text((x + size // 4 - left, y + size // 4 - top), words, font=font, fill="black")


@functools.cache
def _font(size: int):
    return ImageFont.load_default(size)
