"""Other ways to score the same predictions: on clean rows only, and against FER+'s labels."""

import numpy as np

from fer_keras.data.contamination import clean_masks
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus


def predictions(faces: Faces, probabilities: np.ndarray) -> dict[str, np.ndarray]:
    """Return what a predictions file holds: rows and labels int64 [N], probabilities float32 [N, K]."""
    return {
        "rows": faces.rows.astype(np.int64),
        "labels": faces.labels.astype(np.int64),
        "probabilities": probabilities.astype(np.float32),
    }


def clean(whole: dict[str, np.ndarray], copies: dict[str, list[int]]) -> dict[str, dict[str, np.ndarray]]:
    """Return {"clean": ..., "near_clean": ...}: the predictions of rows that were not trained on, by `contamination`.

    A variant that would keep no row is left out.
    """
    masks = clean_masks(whole["rows"], copies)
    return {name: _rows(whole, mask) for name, mask in masks.items() if mask.any()}


def against_ferplus(faces: Faces, whole: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """Return {"ferplus": ...}: the rows that have a FER+ majority among FER2013's classes, with it as their label.

    {} when the faces have no votes. Rows whose majority is unknown, not a face or contempt are dropped.
    """
    if faces.votes is None:
        return {}
    labels, keep = ferplus.majority(faces.votes)
    labels = ferplus.to_fer2013(labels)
    keep = keep & (labels >= 0)
    return {"ferplus": _rows(whole | {"labels": labels.astype(np.int64)}, keep)} if keep.any() else {}


def _rows(whole, mask):
    return {name: array[mask] for name, array in whole.items()}
