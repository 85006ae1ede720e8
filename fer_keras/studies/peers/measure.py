"""A published model's predictions for FER2013's faces, and what follows from them."""

import hashlib
import pathlib
import time

import numpy as np

from fer_keras.data import official_copy
from fer_keras.data.contamination import clean_masks, contamination
from fer_keras.data.faces import Faces
from fer_keras.evaluation import metrics
from fer_keras.io import files, specification
from fer_keras.io.errors import expected
from fer_keras.runs import environment, predictions
from fer_keras.studies.peers.registry import PEERS

SPLITS = ("train", "public", "private")
BATCH = 256
RECORD, PREDICTIONS = "record.json", "predictions.npz"
SCHEMA = {
    "peer": str,
    "file": {"sha256": str, "bytes": int},
    "data": {"fingerprint": str, "class_names": specification.Many(str)},
    "training": {"right": int, "images": int},
    "predictions": {"file": str, "sha256": str, "splits": specification.Many(str)},
    "speed?": {"faces_per_second": specification.NUMBER, "device": str},
}
"""`speed`: of the network with its preprocessing, BATCH faces at a time, in this suite; older records have none."""


def measure(name: str, weights: pathlib.Path, faces: Faces, folder: pathlib.Path) -> dict:
    """Let the peer `name` predict every face, write its record and predictions to `folder`, and return the record.

    Args:
        weights: the file of its package, `PEERS[name].file`.
        faces: FER2013 as published: Training, PublicTest and PrivateTest.

    Of Training the predicted classes alone are kept, which give its accuracy; of the others the probabilities, as a run
    keeps them. Raises UserError for another file, or data that are not FER2013's.
    """
    if official_copy.check(faces) or official_copy.is_merged(faces):
        raise expected("all of FER2013, in its three splits", faces.source, "Peers are compared on the same rows only.")
    forward = PEERS[name].open(weights)
    parts, seen, seconds = {}, None, 0.0
    for split in SPLITS:
        part, began = faces.where(split), time.perf_counter()
        batches = [forward(part.images[start : start + BATCH]) for start in range(0, len(part), BATCH)]
        probabilities, seconds = np.concatenate(batches).astype(np.float32), time.perf_counter() - began
        if split == "train":
            seen = int((probabilities.argmax(1) == part.labels).sum())
        else:
            parts[split] = {"rows": part.rows, "labels": part.labels, "probabilities": probabilities}
    copies = contamination(faces.where("train"), faces.where("private"))
    parts["private_clean"] = _taken(parts["private"], clean_masks(parts["private"]["rows"], copies)["clean"])
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "peer": name,
        "file": {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest(), "bytes": weights.stat().st_size},
        "data": {"fingerprint": faces.fingerprint, "class_names": list(faces.class_names)},
        "training": {"right": seen, "images": len(faces.where("train"))},
        "predictions": {
            "file": PREDICTIONS,
            "sha256": predictions.save(folder / PREDICTIONS, parts),
            "splits": list(parts),
        },
        "speed": {
            "faces_per_second": round(len(parts["private"]["rows"]) / seconds, 1),  # of PrivateTest, the last
            "device": environment.device_name(),
        },
    }
    files.write_json(folder / RECORD, record)
    return record


def read(folder: pathlib.Path) -> dict:
    """Return the record in `folder`, checked. Raises UserError (file and key) for another one."""
    return specification.require(files.read_json(folder / RECORD), SCHEMA, str(folder / RECORD))


def scores(folder: pathlib.Path) -> dict[str, dict]:
    """Return {split: metrics} computed from the predictions in `folder`. Raises UserError for damaged ones."""
    record = read(folder)
    names = tuple(record["data"]["class_names"])
    return {
        split: metrics.evaluate(part["labels"], part["probabilities"], names)
        for split, part in predictions.read(folder, record).items()
    }


def _taken(part: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, np.ndarray]:
    return {key: values[mask] for key, values in part.items()}
