"""Models from .keras files, with every layer of ours known to Keras."""

import importlib
import pathlib
import pkgutil

import keras

import fer_keras.layers
from fer_keras.errors import expected


def load(path: pathlib.Path) -> keras.Model:
    """Return the model in the .keras file at `path`, uncompiled.

    Keras finds a registered layer only after its module was imported; this imports them all.
    Raises UserError when there is no such file, or it is no model that Keras can read.
    """
    for module in pkgutil.iter_modules(fer_keras.layers.__path__, "fer_keras.layers."):
        importlib.import_module(module.name)
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises most kinds, from KeyError to zipfile's, for a damaged file
        why = " ".join(str(error).split())[:200]
        raise expected(f"a model saved by Keras at {path}", why or type(error).__name__) from error
