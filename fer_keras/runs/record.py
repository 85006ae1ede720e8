"""A run directory on disk: its record.json and predictions, read with care, copied into reports/results."""

import shutil
from pathlib import Path

import numpy as np

from fer_keras.io import files, npz
from fer_keras.io.errors import expected
from fer_keras.runs import schema

RECORD, SAMPLES, FIGURES, RESULTS = "record.json", "samples.npz", "figures", "results"


def read_record(run_dir: Path) -> dict:
    """Return the validated record of a run directory. Raises UserError (file and key) when it is missing or wrong."""
    path = Path(run_dir) / RECORD
    if not path.is_file():
        raise expected(f"a run directory with a readable {RECORD}", f"{run_dir} (No such file)")
    record = files.read_json(path)
    return schema.validate(record, str(path))


def read_predictions(run_dir: Path, record: dict, split: str) -> dict[str, np.ndarray]:
    """Return {"rows" int64 [N], "labels" int64 [N], "probabilities" float32 [N, K]} of `split`.

    Raises UserError when the file is missing, damaged, or its arrays do not fit each other.
    """
    path = Path(run_dir) / record["predictions"].get(split, f"predictions_{split}.npz")
    stored = npz.read_npz(path, "rows, labels and probabilities")
    absent = [name for name in ("rows", "labels", "probabilities") if name not in stored]
    if absent:
        raise expected(f"rows, labels and probabilities in {path}", f"no {absent[0]}")
    found = {name: stored[name] for name in ("rows", "labels", "probabilities")}
    n, classes = found["rows"].size, len(record["metrics"][split]["per_class"])
    shapes = tuple(array.shape for array in found.values())
    types = {name: array.dtype for name, array in found.items()}
    whole = types["rows"] == types["labels"] == np.int64 and types["probabilities"].kind == "f"
    if shapes != ((n,), (n,), (n, classes)) or not whole or not n:
        wanted = f"int64 rows [N] and labels [N], float probabilities [N, {classes}]"
        raise expected(f"{wanted} in {path}", f"shapes {shapes}, types {', '.join(map(str, types.values()))}")
    if found["labels"].min() < 0 or found["labels"].max() >= classes:
        raise expected(f"labels 0..{classes - 1} in {path}", f"{found['labels'].min()}..{found['labels'].max()}")
    if not (found["probabilities"] >= 0).all() or not (found["probabilities"] <= 1.0001).all():
        raise expected(f"probabilities 0..1 in {path}", "others")
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
    for figure in sorted((run_dir / FIGURES).glob("*.png")):
        if figure.is_file() and not figure.is_symlink():  # a link could bring in any file of this machine
            (fresh / FIGURES).mkdir(exist_ok=True)
            shutil.copyfile(figure, fresh / FIGURES / figure.name)
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
