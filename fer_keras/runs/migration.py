"""A run of schema 1 becomes one of schema 2: facts apart from metrics, predictions in one file, manifest.json.

Of an unfinished run only the request is converted: its checkpoint is read as it is. Schema 1 kept metrics in record.json
and a predictions file a split, called the suite's compact network "house", what a recipe prints "printed", its
differences "ledger", and the number of training images a line of the latter.
"""

import re
from pathlib import Path

from fer_keras.io import files, npz
from fer_keras.io.errors import expected
from fer_keras.runs import metrics_file, predictions, schema
from fer_keras.runs.directory import FIGURES, MANIFEST, OLD_MANIFEST, PREDICTIONS, RECORD

WITH_FACES = ("augmentation.png", "misclassified.png", "samples.png")
"""Figures that show faces of the data set, which may not be passed on."""

ROWS = "training rows"
"""Schema 1's line on a subset of the training images; now `Data.max_train_rows`."""

KEYS = {"printed": "published", "ledger": "deviations"}
WORDS = (
    (re.compile(r"The house's own recipe, from scratch"), "The suite's compact network, from scratch"),
    (re.compile(r"\bhouse_(\w+)"), r"compact_\1"),
    (re.compile(r"^house(?=$|-)"), "compact"),
)


def migrate(run_dir: Path) -> dict | None:
    """Convert the run in place and return its new record, None of an unfinished one.

    Files of schema 1 and figures that show faces are removed, nothing before the new files are whole. Raises UserError
    for anything but a run of schema 1, or one that a process holds.
    """
    run_dir = Path(run_dir)
    if not (run_dir / RECORD).is_file() and not (run_dir / OLD_MANIFEST).is_file():
        raise expected(f"a run of schema 1 in {run_dir}", f"neither {RECORD} nor {OLD_MANIFEST}")
    with files.locked(run_dir):
        record = _migrate_record(run_dir) if (run_dir / RECORD).is_file() else None
        _migrate_manifest(run_dir)
    return record


def _migrate_manifest(run_dir: Path) -> None:
    """Write request.json, where there is one, as manifest.json in today's words."""
    old = run_dir / OLD_MANIFEST
    if old.is_file():
        files.write_json(run_dir / MANIFEST, _renamed(files.read_json(old)))
        old.unlink()


def _migrate_record(run_dir: Path) -> dict:
    path = run_dir / RECORD
    old = files.read_json(path)
    if not isinstance(old, dict) or old.get("schema") != 1:
        raise expected(
            f"a record of schema 1 in {path}", old.get("schema") if isinstance(old, dict) else "something else"
        )
    try:
        splits = {split: npz.read_npz(run_dir / name, "predictions") for split, name in old["predictions"].items()}
        record = _record(old)
        digest = predictions.save(run_dir / PREDICTIONS, splits)
        record["predictions"] = {"file": PREDICTIONS, "sha256": digest, "splits": list(splits)}
        schema.validate(record, str(path))
    except (KeyError, TypeError, AttributeError) as error:
        raise expected(f"a record of schema 1 in {path}", f"one without {error}") from error
    files.write_json(path, record)
    metrics_file.rebuild(run_dir, record)
    for name in (*old["predictions"].values(), *(f"{FIGURES}/{figure}" for figure in WITH_FACES)):
        (run_dir / name).unlink(missing_ok=True)
    return record


def _record(old: dict) -> dict:
    """Return the facts of an old record in today's words, without metrics."""
    record = _renamed({key: value for key, value in old.items() if key != "metrics"})
    record["schema"] = schema.VERSION
    rows = next((line["run"] for line in record["deviations"] if line["field"] == ROWS), None)
    for line in record["deviations"]:
        if line["field"] == ROWS:
            line |= {"field": "data.max_train_rows", "published": None}
    if rows is not None:
        for phase in (record["as_run"], *record["as_run"]["phases"]):
            if phase["data"]:
                phase["data"]["max_train_rows"] = rows
    return record


def _renamed(value):
    if isinstance(value, dict):
        return {KEYS.get(key, key): _renamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if isinstance(value, str):
        for pattern, word in WORDS:
            value = pattern.sub(word, value)
    return value
