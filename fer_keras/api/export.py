"""Trained models in formats for deployment."""

import pathlib

from fer_keras import runtime
from fer_keras.api.datasets import load_dataset
from fer_keras.data.faces import Faces
from fer_keras.exports import FORMATS, QUANTIZATIONS
from fer_keras.io.errors import expected
from fer_keras.runs.directory import MODEL, is_run

__all__ = ["FORMATS", "QUANTIZATIONS", "export", "model_of"]


def export(
    run: str | pathlib.Path,
    format: str = "saved_model",
    out: str | pathlib.Path | None = None,
    *,
    quantize: str = "none",
    data: "Faces | str | pathlib.Path | None" = None,
    classes: tuple[str, ...] | None = None,
) -> pathlib.Path:
    """Write the trained model of `run` (a run directory, or its model.keras) in `format`; return where.

    What is written was first read back and compared with Keras: in float32 within 1e-5, in float16 and int8 with at most
    0.5 % of labels that differ.

    Args:
        format: "saved_model" (a folder), "litert" (.tflite) or "onnx".
        out: what to write, by default beside the model: saved_model, model.tflite, model_float16.tflite, model.onnx.
        quantize: "none", "float16" (litert, onnx) or "int8" (litert).
        data: faces, or where they are as for `load_dataset`: the Training ones calibrate int8, and prove the export.
        classes: names of the outputs in order, for a model that does not name them.

    Raises UserError when there is no model, or it cannot be written or proven; nothing half-written is left.
    """
    if format not in FORMATS:
        raise expected(f"a format ({', '.join(FORMATS)})", repr(format))
    model = model_of(run)
    runtime.prepare(training=False)
    from fer_keras.exports.write import export as write

    faces = data if data is None or isinstance(data, Faces) else load_dataset(data)
    (exported,) = write(model, (format,), quantize, out and pathlib.Path(out), classes, faces)
    return exported.path


def model_of(run: str | pathlib.Path) -> pathlib.Path:
    """Return the .keras file of `run`, a run directory or that file. Raises UserError where there is none."""
    path = pathlib.Path(run)
    model = path / MODEL if is_run(path) else path
    if not model.is_file():
        raise expected(f"a trained model at {run}", "no such file", "Give a finished run, or its model.keras.")
    return model
