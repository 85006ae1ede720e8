"""What a checkpoint to start from has learnt from: never rows that test here.

A backbone pretrained on Training may start a recipe that tests on PrivateTest, not one that tests on a fifth of all rows.
"""

import pathlib

import numpy as np

from fer_keras.config.datasets import DATASETS
from fer_keras.data import datasets
from fer_keras.data.faces import Faces
from fer_keras.data.splits import Splits, divide
from fer_keras.io import files
from fer_keras.io.errors import UserError, expected

RECORD = "record.json"


def require_unseen(init: str, faces: Faces, splits: Splits) -> str:
    """Return a note for the record on what the checkpoint `init` saw of this run's rows, "" where it saw none.

    A checkpoint of this suite has its run's record beside it; the rows follow from that run's divisions and seed. Of
    another file, or of one trained on other faces, nothing can be known, which the note says.

    Raises UserError when a test row of this run was trained on, or selected by, in that run or in one it started from.
    """
    if init in ("imagenet", "scratch"):
        return ""
    run = _run_of(pathlib.Path(init))
    if run is None:
        return "its training rows are not known"
    if run["data"]["fingerprint"] != faces.fingerprint:
        return "trained on other faces than this run's source"
    learnt, chosen = _rows(run, faces)
    tested = np.union1d(splits.test.rows, splits.private.rows if splits.private else [])
    spoilt = np.isin(tested, np.union1d(learnt, chosen)).sum()
    if spoilt:
        why = "Pretrain under the same division and seed (python -m experiments.pretrain_backbone), or --init scratch."
        raise expected("a checkpoint that has not seen this run's test rows", f"one that saw {spoilt:,} of them", why)
    selecting = np.isin(splits.select.rows, learnt).sum()
    return f"trained on {selecting:,} of the rows that select here" if selecting else ""


def _run_of(path: pathlib.Path) -> dict | None:
    """Return the record beside the checkpoint at `path`, None where there is none that tells its rows."""
    try:
        run = files.read_json(path.with_name(RECORD))
        known = all(data["split"] in DATASETS[data["dataset"]].divisions for data in _divisions(run))
        return run if known and isinstance(run["seed"], int) and run["data"]["fingerprint"] else None
    except (UserError, KeyError, TypeError):
        return None


def _divisions(run: dict) -> list[dict]:
    """Return the `Data` of the run's phases that have the images of its own data; other sets have no face of it."""
    main = run["as_run"]["data"]
    every = [phase["data"] or main for phase in run["as_run"]["phases"]]
    return [data for data in every if DATASETS[data["dataset"]].images == DATASETS[main["dataset"]].images]


def _rows(run: dict, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of `faces` that the run may have trained on and those that selected in it, its own start's too."""
    dataset = datasets.get(DATASETS[run["as_run"]["data"]["dataset"]].images)
    division = divide if faces.synthetic else dataset.divide
    parts = [division(faces, data["split"], run["seed"]) for data in _divisions(run)]
    learnt = [part.train.rows for part in parts]
    chosen = [part.select.rows for part in parts]
    start = run["init"].get("file")
    before = _run_of(pathlib.Path(start)) if start else None
    if before and before["data"]["fingerprint"] == faces.fingerprint:
        earlier = _rows(before, faces)
        learnt, chosen = [*learnt, earlier[0]], [*chosen, earlier[1]]
    return np.concatenate(learnt), np.concatenate(chosen)
