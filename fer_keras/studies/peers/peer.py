"""What a published model is, and how its input is made from a face of FER2013."""

import pathlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image

Forward = Callable[[np.ndarray], np.ndarray]
"""uint8 faces [N, 48, 48, 1] to probabilities [N, 7] in FER2013's order of classes."""


class Peer(NamedTuple):
    """A model that is published with its weights inside a package.

    Attributes:
        package: the name and version to install, with the registry it comes from.
        file: the weights' path inside the package.
        claims: the accuracy that its documentation states, or that it states none.
        trained_on: what is known of the images it was trained on.
        preprocessing: what it wants done to a face.
        licence: of code and weights, as the package says.
        open: makes `Forward` of the weights' file; raises UserError for another file.
    """

    package: str
    file: str
    claims: str
    trained_on: str
    preprocessing: str
    licence: str
    open: Callable[[pathlib.Path], Forward]


def enlarged(faces: np.ndarray, side: int) -> np.ndarray:
    """Return uint8 faces [N, H, W, 1] as float32 [N, side, side, 1] in 0..255, enlarged bilinearly, rounded.

    Pillow's bilinear enlargement has half-pixel centres, as OpenCV's INTER_LINEAR, which fer calls.
    """
    resized = [
        np.asarray(Image.fromarray(face[..., 0]).resize((side, side), Image.Resampling.BILINEAR)) for face in faces
    ]
    return np.stack(resized)[..., None].astype(np.float32)
