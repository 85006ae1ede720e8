"""A run directory on disk: its record, read with care, and what of it is copied into reports/results."""

import shutil
from pathlib import Path, PurePosixPath, PureWindowsPath

from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.runs import metrics_file, predictions, schema
from fer_keras.runs.directory import METRICS, RECORD

RESULTS = "results"
"""Folder of the recorded runs in reports/."""


def read_facts(run_dir: Path) -> dict:
    """Return the validated record.json of a run directory, what happened alone.

    Raises UserError (file and key) when it is missing or wrong.
    """
    path = Path(run_dir) / RECORD
    if not path.is_file():
        raise expected(f"a run directory with a readable {RECORD}", f"{run_dir} (No such file)")
    return schema.validate(files.read_json(path), str(path))


def read_record(run_dir: Path) -> dict:
    """Return the record of a run directory with its metrics, {split: metrics}, under "metrics".

    Raises UserError (file and key) when either file is missing or wrong, or the metrics are of other predictions.
    """
    record = read_facts(run_dir)
    return record | {"metrics": metrics_file.read(run_dir, record)}


def total_minutes(record: dict) -> float:
    """Return the minutes of a run and of all its teachers, the time in which they were asked included."""
    taught = record.get("teachers")
    before = taught["minutes"] + sum(teacher["minutes"] for teacher in taught["runs"]) if taught else 0.0
    return round(record["minutes"] + before, 2)


def save_record(run_dir: Path, reports_dir: Path) -> Path:
    """Copy record, predictions and metrics of a run to reports_dir/results/<run>, replacing an older copy; return that.

    Of absolute paths the names are kept. Figures and faces (samples.npz) stay behind: the data set may not be
    redistributed, and what is drawn from the records can be drawn again.

    Raises UserError when a file does not validate; then nothing is copied.
    """
    run_dir = Path(run_dir)
    record = read_record(run_dir)
    predictions.read(run_dir, record)
    target = Path(reports_dir) / RESULTS / record["run"]
    fresh = target.with_name(f".{target.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    files.write_json(fresh / RECORD, without_folders(read_facts(run_dir)))
    for name in (METRICS, record["predictions"]["file"]):
        shutil.copyfile(run_dir / name, fresh / name)
    if target.exists():
        shutil.rmtree(target)
    return fresh.rename(target)


def without_folders(value):
    """Return a record, or a part of it, with each absolute path as its last name: folders say who ran it, not what ran."""
    if isinstance(value, dict):
        return {key: without_folders(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_folders(item) for item in value]
    absolute = isinstance(value, str) and any(kind(value).is_absolute() for kind in (PurePosixPath, PureWindowsPath))
    return (PureWindowsPath(value).name or value) if absolute else value


def run_dirs(reports_dir: Path) -> list[Path]:
    """Return the run directories under reports_dir/results, in the order of their names."""
    return [path.parent for path in sorted((Path(reports_dir) / RESULTS).glob(f"*/{RECORD}"))]


def load_records(reports_dir: Path) -> dict[str, dict]:
    """Return {run: record with metrics} of everything under reports_dir/results, in the order of the names."""
    records = {}
    for run_dir in run_dirs(reports_dir):
        record = read_record(run_dir)
        if record["run"] != run_dir.name:
            raise expected(f"run {run_dir.name!r} in {run_dir / RECORD}", repr(record["run"]))
        records[record["run"]] = record
    return records
