"""Has the generator learned faces, or learned its training faces by heart? Distances to the nearest training face.

A face that was copied lies nearer to a training face than another person's photograph does. How near real faces lie is
measured with faces of the same class that were held back from training (selection rows, never test rows).
"""

import dataclasses

import numpy as np

from fer_keras.data.contamination import contamination
from fer_keras.data.faces import Faces

PERCENTILE = 1
"""Of the distances between held-back and training faces: a made face below it is suspiciously near."""


@dataclasses.dataclass(frozen=True, eq=False)
class Nearest:
    """For each of N faces: `distance` float32 [N], `index` int64 [N] of the nearest other face, `mirrored` bool [N]."""

    distance: np.ndarray
    index: np.ndarray
    mirrored: np.ndarray


def nearest(images: np.ndarray, others: np.ndarray) -> Nearest:
    """Find for each image (uint8 [N, H, W, 1]) the nearest of `others` (uint8 [M, H, W, 1]), as they are or mirrored.

    The distance is the root mean square difference of pixels after each image has been brought to mean 0 and standard
    deviation 1: 0 is the same picture but for brightness and contrast, 1.41 that of pictures with nothing in common.
    Memory is one matrix of N x 2M.
    """
    known = np.concatenate([_normalised(others), _normalised(others[:, :, ::-1])])
    alike = _normalised(images) @ known.T
    best = alike.argmax(axis=1)
    distance = np.sqrt(np.maximum(2 - 2 * alike[np.arange(len(images)), best], 0))
    return Nearest(distance, best % len(others), best >= len(others))


def _normalised(images):
    """Return float32 [N, H * W] of norm 1 and mean 0; a flat image gives zeros."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def without_copies(held: Faces, train: Faces) -> Faces:
    """Return the held-back faces that have no exact or near copy among the training faces (FER2013 has such)."""
    return held.take(~np.isin(held.rows, contamination(train, held)["near_rows"]))


def figures(made: Faces, held: Faces, train: Faces) -> dict:
    """Return the figures of memorisation as JSON.

    `held` must be without copies. {"made", "real": {"faces", "median", "minimum"}, "threshold": the PERCENTILE of the
    real distances, "nearer": share of made faces below it, "copies": made faces that the audit calls a near copy of a
    training face}. Without held-back faces "real", "threshold" and "nearer" are None.
    """
    of_made = nearest(made.images, train.images).distance
    found = {
        "percentile": PERCENTILE,
        "made": _summary(of_made),
        "real": None,
        "threshold": None,
        "nearer": None,
        "copies": len(contamination(train, made)["near_rows"]),
    }
    if len(held):
        of_real = nearest(held.images, train.images).distance
        threshold = float(np.percentile(of_real, PERCENTILE))
        found |= {
            "real": _summary(of_real),
            "threshold": round(threshold, 4),
            "nearer": float((of_made < threshold).mean()),
        }
    return found


def _summary(distances):
    median, least = float(np.median(distances)), float(distances.min())
    return {"faces": len(distances), "median": round(median, 4), "minimum": round(least, 4)}
