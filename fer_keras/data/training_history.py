"""What a checkpoint to start from has learnt from: never rows that test here.

A backbone pretrained on Training may start a recipe that tests on PrivateTest, not one that tests on a fifth of all rows.
"""

import pathlib

import numpy as np

from fer_keras.config.datasets import DATASETS
from fer_keras.config.recipe import STARTS
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
    if init in STARTS:
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
    return _of_selecting(learnt, splits)


def note(entries: list[dict], images: str, faces: Faces, splits: Splits) -> str:
    """Return a note on how many of the rows that select here `entries` (`history`) train on, "" for none."""
    return _of_selecting(rows_of(entries, images, faces)[0], splits)


def _of_selecting(learnt: np.ndarray, splits: Splits) -> str:
    selecting = np.isin(splits.select.rows, learnt).sum()
    return f"trained on {selecting:,} of the rows that select here" if selecting else ""


def _run_of(path: pathlib.Path) -> dict | None:
    """Return the record beside the checkpoint at `path`, None where there is none that tells its rows."""
    try:
        run = files.read_json(path.with_name(RECORD))
        return run if _is_known(run) else None
    except (UserError, KeyError, TypeError, AttributeError):
        return None


def _is_known(run: dict) -> bool:
    known = all(data["split"] in DATASETS[data["dataset"]].divisions for data in _divisions(run))
    divisions = DATASETS[run["as_run"]["data"]["dataset"]].divisions
    taught = all(entry["split"] in divisions and isinstance(entry["seed"], int) for entry in _taught(run))
    return known and taught and isinstance(run["seed"], int) and bool(run["data"]["fingerprint"])


def _taught(run: dict) -> list[dict]:
    """Return the histories of the run's teachers, in one list."""
    return [entry for teacher in (run.get("teachers") or {}).get("runs", []) for entry in teacher["history"]]


def _divisions(run: dict) -> list[dict]:
    """Return the `Data` of the run's phases that have the images of its own data; other sets have no face of it."""
    main = run["as_run"]["data"]
    every = [phase["data"] or main for phase in run["as_run"]["phases"]]
    return [data for data in every if DATASETS[data["dataset"]].images == DATASETS[main["dataset"]].images]


def _rows(run: dict, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of `faces` that the run may have trained on and those that selected in it, its start's too."""
    return rows_of(_entries(run)[0], DATASETS[run["as_run"]["data"]["dataset"]].images, faces)


def history(run: dict) -> list[dict] | None:
    """Return how the rows were divided that a run learnt from: {"split", "seed"} of it and of all that it learnt through.

    Those are the checkpoint that it started from and its teachers. None where one of them does not tell, or the record
    has no division of its data set.

    Args:
        run: its record, whose faces are those that the answer is of.
    """
    try:
        entries, known = _entries(run) if _is_known(run) else ([], False)
    except (KeyError, TypeError, AttributeError):
        return None
    return entries if known else None


def rows_of(entries: list[dict], images: str, faces: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of `faces`, of the data set `images`, that `entries` (`history`) train on and select by."""
    division = divide if faces.synthetic else datasets.get(images).divide
    parts = [division(faces, entry["split"], entry["seed"]) for entry in entries]
    learnt, chosen = ([getattr(part, name).rows for part in parts] for name in ("train", "select"))
    return np.unique(np.concatenate(learnt)), np.unique(np.concatenate(chosen))


def _entries(run: dict) -> tuple[list[dict], bool]:
    """Return the run's `history`, and whether all of it is known."""
    entries = [{"split": data["split"], "seed": run["seed"]} for data in _divisions(run)]
    taught = _taught(run)
    start, from_run = run["init"].get("file"), run["init"].get("kind") in ("checkpoint", "file")
    before = _run_of(pathlib.Path(start)) if start else None
    if before is None or before["data"]["fingerprint"] != run["data"]["fingerprint"]:
        return _unique([*entries, *taught]), not from_run
    earlier, known = _entries(before)
    return _unique([*entries, *taught, *earlier]), known


def _unique(entries: list[dict]) -> list[dict]:
    return [entry for position, entry in enumerate(entries) if entry not in entries[:position]]
