"""Trained models in formats for deployment, each proven equal to Keras before it is put in place."""

import importlib

EXPORTERS = {
    "saved_model": "fer_keras.exports.saved_model",
    "litert": "fer_keras.exports.litert",
    "onnx": "fer_keras.exports.onnx",
}
"""{format: its module}. A module has SUFFIX, QUANTIZATIONS, `write(path, network)` and `read(path)`, which returns a
function of uint8 faces [N, side, side, channels] that gives probabilities [N, K]."""

FORMATS = tuple(EXPORTERS)
QUANTIZATIONS = ("none", "float16", "int8")
"""How weights are stored: float32, float16, or int8 with activations in int8 as well."""


def exporter(name: str):
    """Import and return the module of the format called `name`."""
    return importlib.import_module(EXPORTERS[name])
