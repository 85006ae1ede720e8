"""A run directory: the names of its files, each written by one module, and how far a run in it has come."""

import pathlib

from fer_keras.io import files

MANIFEST = "manifest.json"
"""What was requested, which decides the weights. Written by `manifest`."""

OLD_MANIFEST = "request.json"
"""What the manifest of a run begun by an earlier version is called; `manifest` renames it."""

STATUS = "status.json"
"""How far the run is. Written by `status`."""

LOCK = files.LOCK
"""Held, while it works, by the process that writes here."""

CHECKPOINT = "checkpoint"
"""Folder of the state of training. Written by `train.checkpoint`."""

MODEL = "model.keras"
RECORD = "record.json"
"""What happened, written last: a run is finished when it is there. Written by `evaluate_run`."""

PREDICTIONS = "predictions.npz"
METRICS = "metrics.json"
TEACHERS = "teachers.npz"
"""What the teachers say of the rows, where a run has some. Written by `teaching`."""
REPORT = "report.md"
FIGURES = "figures"
SAMPLES = "samples.npz"
SAVED_MODEL = "saved_model"
TENSORBOARD = "tensorboard"

MARKS = (STATUS, RECORD, MANIFEST, OLD_MANIFEST)
"""Files of which each makes a folder a run directory."""


def is_run(folder: pathlib.Path) -> bool:
    """Say whether `folder` is a run directory, finished or not."""
    folder = pathlib.Path(folder)
    return folder.is_dir() and any((folder / mark).is_file() for mark in MARKS)


def is_finished(folder: pathlib.Path) -> bool:
    """Say whether the run in `folder` has its record."""
    return (pathlib.Path(folder) / RECORD).is_file()


def is_begun(folder: pathlib.Path) -> bool:
    """Say whether something was trained in `folder`: it holds a record, or a checkpoint, intact or not."""
    checkpoint = pathlib.Path(folder) / CHECKPOINT
    return is_finished(folder) or (checkpoint.is_dir() and any(checkpoint.glob("*.npz")))
