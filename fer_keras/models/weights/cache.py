"""Where downloaded weights lie."""

import os
import pathlib


def folder() -> pathlib.Path:
    """Return the folder in which Keras keeps the weights that it downloads."""
    return pathlib.Path(os.environ.get("KERAS_HOME", pathlib.Path.home() / ".keras")) / "models"
