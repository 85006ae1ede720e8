"""The model that is installed with the package, and what is known of it; `fer-keras release` writes both."""

import pathlib

from fer_keras.io import files
from fer_keras.io.errors import expected

FOLDER = pathlib.Path(__file__).parent
MODEL, RECORD = "model.tflite", "record.json"


def model_file() -> pathlib.Path:
    """Return the LiteRT file. Raises UserError in a version that has none."""
    path = FOLDER / MODEL
    if not path.is_file():
        raise expected(
            "a run directory or model file", "none", "This version ships no weights: train, or give a model."
        )
    return path


def record() -> dict:
    """Return its record: file (name, bytes, SHA-256), run, recipe, metrics. Raises UserError where there is none."""
    model_file()
    return files.read_json(FOLDER / RECORD)
