"""Networks by name. Importing this loads neither Keras nor TensorFlow."""

import importlib

from fer_keras.config.architectures import BUILDERS


def builder(name: str):
    """Import and return the builder called `name` (this is what loads Keras)."""
    module, function = BUILDERS[name].split(":")
    return getattr(importlib.import_module(module), function)
