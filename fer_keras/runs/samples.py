"""The few faces that a run's figures show, kept beside its record so that the report needs no data set."""

from pathlib import Path

import numpy as np

from fer_keras.evaluation.plots.figures_faces import misclassified_data, sample_data
from fer_keras.io import files, npz
from fer_keras.runs import predictions
from fer_keras.runs.directory import SAMPLES
from fer_keras.runs.record import read_facts


def save(run_dir: Path, images: np.ndarray, rows: np.ndarray, originals=None, augmented=None, more=None) -> Path:
    """Write samples.npz: of the test faces (images uint8 [N, H, W, C], their row ids [N]) those that the figures show.

    `originals`, `augmented`: uint8 [M, H, W, C], a few training faces before and after augmentation, or None. `more`:
    {name: array} that a figure draws over these faces, or None.
    Needs record.json and the test predictions in run_dir. Raises ValueError when a chosen row is not among `rows`.
    """
    test = predictions.read(run_dir, read_facts(run_dir))["test"]
    chosen = {*misclassified_data(test["labels"], test["probabilities"]), *sample_data(test["labels"])}
    wanted = test["rows"][sorted(chosen)]
    places = {int(row): place for place, row in enumerate(rows)}
    absent = [int(row) for row in wanted if int(row) not in places]
    if absent:
        raise ValueError(f"Expected the images of every test row. Received: none for rows {absent}")
    kept = {"rows": wanted.astype(np.int64), "images": images[[places[int(row)] for row in wanted]]}
    if augmented is not None:
        kept |= {"originals": np.asarray(originals, np.uint8), "augmented": np.asarray(augmented, np.uint8)}
    kept |= more or {}
    path = Path(run_dir) / SAMPLES
    files.write(path, lambda part: np.savez_compressed(part, **kept))
    return path


def read(run_dir: Path) -> dict[str, np.ndarray]:
    """Return the arrays of samples.npz, {} when there is none. Raises UserError when it is damaged."""
    path = Path(run_dir) / SAMPLES
    if not path.exists():
        return {}
    return npz.read_npz(path, "images")
