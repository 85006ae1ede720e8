"""Where the network of a run looks when it is most confident, and wrong."""

from pathlib import Path

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.evaluation.plots.figures_faces import misclassified_data
from fer_keras.runs import predictions
from fer_keras.runs.directory import MODEL

SHOWN = 6
"""Errors with maps: each needs some two thousand predictions for its checks."""
ROWS, NAMES, VALUES, P = "map_rows", "map_names", "map_values", "map_p"


def of(run_dir: Path, faces: Faces, record: dict) -> dict[str, np.ndarray]:
    """Return the maps of the run's most confident errors, as samples.npz keeps them; {} where they cannot be made.

    Row ids [M], names of the maps [K], the maps float16 [M, K, side, side], each divided by its greatest value, and the
    p-value of each one's deletion check [M, K]; of a network's own attention that for the predicted class. They need
    model.keras in `run_dir` and faces as the network saw them, which cropped ones are not.
    """
    path = Path(run_dir) / MODEL
    if not path.is_file() or record["data"].get("crop"):
        return {}
    test = predictions.read(run_dir, record)["test"]
    wrong = misclassified_data(test["labels"], test["probabilities"], SHOWN)
    if not len(wrong):
        return {}
    from fer_keras.explain.explanation import explain_face
    from fer_keras.models import saved

    network = saved.load(path)
    names, places = tuple(record["data"]["class_names"]), {int(row): place for place, row in enumerate(faces.rows)}
    explained = [
        explain_face(
            lambda batch: np.asarray(network(batch, training=False), np.float32),
            names,
            faces.images[places[int(test["rows"][position])]],
            names[test["labels"][position]],
            network,
            predicted=names[test["probabilities"][position].argmax()],
        )
        for position in wrong
    ]
    return arrays(test["rows"][wrong], explained)


def arrays(rows: np.ndarray, explained: list) -> dict[str, np.ndarray]:
    """Return the explanations of the faces in `rows` as arrays; see `of`."""
    from fer_keras.explain.maps import enlarged

    maps = [_different(explanation) for explanation in explained]
    side = explained[0].face.shape[0]
    values = [[enlarged(each.map.values, side) for each in of_face] for of_face in maps]
    greatest = np.max(values, axis=(2, 3), keepdims=True)
    return {
        ROWS: rows.astype(np.int64),
        NAMES: np.array([_name(each, explained[0]) for each in maps[0]]),
        VALUES: (np.array(values) / np.where(greatest > 0, greatest, 1)).astype(np.float16),
        P: np.array([[each.deletion.p for each in of_face] for of_face in maps], np.float32),
    }


def _different(explanation) -> list:
    """Return each map once, the network's own attention with its check for the predicted class."""
    first = {id(checked.map): checked for checked in reversed(explanation.maps)}
    return list(reversed(first.values()))


def _name(checked, explanation) -> str:
    if checked.map.target is None:
        return checked.map.name
    kind = checked.map.name.rpartition(", ")[0]
    return f"{kind}, {'predicted' if checked.map.target == explanation.predicted else 'true'}"
