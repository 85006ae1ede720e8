"""A run directory on disk: its record.json and predictions, read with care, copied into reports/results."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np

from fer_keras.errors import expected
from fer_keras.report import schema

RECORD, SAMPLES, FIGURES, RESULTS = "record.json", "samples.npz", "figures", "results"


def read_record(run_dir: Path) -> dict:
    """Return the validated record of a run directory. Raises UserError (file and key) when it is missing or wrong."""
    path = Path(run_dir) / RECORD
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise expected(f"a run directory with a readable {RECORD}", f"{run_dir} ({_reason(error)})") from error
    try:
        record = json.loads(text)
    except ValueError as error:
        raise expected(f"JSON in {path}", str(error)) from error
    return schema.validate(record, str(path))


def read_predictions(run_dir: Path, record: dict, split: str) -> dict[str, np.ndarray]:
    """Return {"rows" int64 [N], "labels" int64 [N], "probabilities" float32 [N, K]} of `split`.

    Raises UserError when the file is missing, damaged, or its arrays do not fit each other.
    """
    path = Path(run_dir) / record["predictions"].get(split, f"predictions_{split}.npz")
    try:
        with np.load(path, allow_pickle=False) as stored:
            found = {name: stored[name] for name in ("rows", "labels", "probabilities")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise expected(f"rows, labels and probabilities in {path}", _reason(error)) from error
    n, classes = len(found["rows"]), len(record["metrics"][split]["per_class"])
    shapes = tuple(found[name].shape for name in ("rows", "labels", "probabilities"))
    if shapes != ((n,), (n,), (n, classes)) or found["labels"].dtype != np.int64 or not n:
        raise expected(f"rows [N], int64 labels [N], probabilities [N, {classes}] in {path}", f"shapes {shapes}")
    if found["labels"].min() < 0 or found["labels"].max() >= classes:
        raise expected(f"labels 0..{classes - 1} in {path}", f"{found['labels'].min()}..{found['labels'].max()}")
    return found


def all_predictions(run_dir: Path, record: dict) -> dict[str, dict[str, np.ndarray]]:
    """Return {split: predictions} for every split that has metrics."""
    return {split: read_predictions(run_dir, record, split) for split in record["metrics"]}


def save_record(run_dir: Path, reports_dir: Path) -> Path:
    """Copy record, predictions and figures of a run to reports_dir/results/<run>, replacing an older copy; return that.

    The faces themselves (samples.npz) stay behind: the data set may not be redistributed.

    Raises UserError when the record does not validate or a prediction file cannot be read; then nothing is copied.
    """
    run_dir = Path(run_dir)
    record = read_record(run_dir)
    all_predictions(run_dir, record)
    target = Path(reports_dir) / RESULTS / record["run"]
    fresh = target.with_name(f".{target.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in (RECORD, *sorted(set(record["predictions"].values()))):
        shutil.copyfile(run_dir / name, fresh / name)
    if (run_dir / FIGURES).is_dir():
        shutil.copytree(run_dir / FIGURES, fresh / FIGURES)
    if target.exists():
        shutil.rmtree(target)
    return fresh.rename(target)


def load_records(reports_dir: Path) -> dict[str, dict]:
    """Return {run: record} of everything under reports_dir/results, in the order of the names."""
    found = {}
    for path in sorted((Path(reports_dir) / RESULTS).glob(f"*/{RECORD}")):
        record = read_record(path.parent)
        if record["run"] != path.parent.name:
            raise expected(f"run {path.parent.name!r} in {path}", repr(record["run"]))
        found[record["run"]] = record
    return found


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
