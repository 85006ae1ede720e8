"""The faces that calibrate an export, and those that prove it."""

import dataclasses
import functools

import numpy as np
from PIL import Image

from fer_keras.config.labels import TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.readers import toy
from fer_keras.models.contract import Contract

CALIBRATING, PROVING = 256, 1000


@dataclasses.dataclass(frozen=True)
class ExportFaces:
    """uint8 faces [N, side, side, channels]: `calibrating` for int8, None where none were given, and `proving`."""

    proving: np.ndarray
    calibrating: np.ndarray | None = None


def of_data(faces: Faces, contract: Contract) -> ExportFaces:
    """Return Training faces, drawn at random with a fixed seed: no face that calibrates proves.

    Raises UserError when there is none.
    """
    images = faces.where(TRAIN).images
    order = np.random.default_rng(0).permutation(len(images))
    calibrating = min(CALIBRATING, (len(images) + 1) // 2)
    parts = np.split(order[: calibrating + PROVING], [calibrating])
    chosen = [_fitted(images[np.sort(part)], contract) for part in parts]
    return ExportFaces(chosen[1] if len(chosen[1]) else chosen[0], chosen[0])


def drawn(contract: Contract) -> ExportFaces:
    """Return drawn faces, always the same, that prove; none calibrates."""
    return ExportFaces(_fitted(_drawn().images, contract))


@functools.cache
def _drawn() -> Faces:
    return toy.toy_faces(n_train=400, n_public=0, n_private=0, seed=7)


def _fitted(images: np.ndarray, contract: Contract) -> np.ndarray:
    """Return the faces in the size and colours that the network takes."""
    if images.shape[1:] == (contract.side, contract.side, contract.channels):
        return images
    side, mode = (contract.side, contract.side), "L" if contract.channels == 1 else "RGB"
    pictures = (Image.fromarray(face[..., 0] if face.shape[2] == 1 else face).convert(mode) for face in images)
    fitted = [np.asarray(picture.resize(side, Image.Resampling.BICUBIC)) for picture in pictures]
    return np.stack(fitted).reshape(-1, *side, contract.channels)
