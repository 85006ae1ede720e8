"""Trained models in formats for deployment."""

import pathlib

from fer_keras import runtime
from fer_keras.io.errors import expected
from fer_keras.runs.directory import MODEL, is_run

FORMATS = ("saved_model",)
"""What `export` can write."""


def export(run: str | pathlib.Path, format: str = "saved_model", out: str | pathlib.Path | None = None) -> pathlib.Path:
    """Write the trained model of `run` (a run directory, or its model.keras) in `format`; return where.

    `out` is the folder to write, by default one named by the format beside the model.
    Raises UserError when there is no model, or it cannot be written.
    """
    if format not in FORMATS:
        raise expected(f"a format ({', '.join(FORMATS)})", repr(format))
    path = pathlib.Path(run)
    model = path / MODEL if is_run(path) else path
    if not model.is_file():
        raise expected(f"a trained model at {run}", "no such file", "Give a finished run, or its model.keras.")
    runtime.prepare(training=False)
    from fer_keras.models.export import saved_model

    return saved_model(model, pathlib.Path(out) if out else model.with_name(format))
