"""LiteRT in int8: the convolutions, calibrated on faces, but for those in which eight bits err more than by rounding."""

import csv
import io

import numpy as np

from fer_keras.io.errors import expected

MOST_ERROR = 0.45
"""Of a step of the scale, root mean square: rounding alone errs by 0.29, the root of a twelfth.

Chosen with the student of `experiments.ensemble` on 1,000 Training faces, without a record: with 0.5, 0.6 % of labels
differ from Keras's, with 0.45 it is 0.4 % in 3.2 MB, with 0.4 it is 0.5 % in 5.5 MB, and with every convolution in int8 (on
400 faces) 11 % in 2.4 MB.
"""
LOOKED_AT = 40
"""Faces on which the error of each layer is measured."""
IN_FLOAT = (
    *("ADD", "BATCH_MATMUL", "CAST", "CONCATENATION", "FULLY_CONNECTED", "MEAN"),
    *("MUL", "RESHAPE", "SOFTMAX", "SUB", "TRANSPOSE"),
)
"""Operations of the resizing, the normalisation and the head, a small part of the time."""


def convert(saved_model: str, faces: np.ndarray) -> bytes:
    """Return the LiteRT file of the SavedModel in a folder; input and output stay as they are.

    Args:
        faces: uint8 [N, side, side, channels] that set the scales.

    Raises UserError for a network all of whose convolutions err more than MOST_ERROR.
    """
    erring = _erring(saved_model, faces)
    return _debugger(saved_model, faces, erring).get_nondebug_quantized_model()


def _erring(saved_model, faces) -> list[str]:
    """Return the names of the tensors whose layer errs more than MOST_ERROR. Raises UserError when all do."""
    debugger, table = _debugger(saved_model, faces, []), io.StringIO()
    debugger.run()
    debugger.layer_statistics_dump(table)
    layers = list(csv.DictReader(io.StringIO(table.getvalue())))
    errors = {
        layer["tensor_name"]: float(layer["mean_squared_error"]) ** 0.5 / float(layer["scale"]) for layer in layers
    }
    erring = [name for name, error in errors.items() if error > MOST_ERROR]
    if len(erring) == len(layers):
        raise expected(f"a convolution that errs by at most {MOST_ERROR} steps in int8", "none", "Use float16.")
    return erring


def _debugger(saved_model, faces, erring):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _one_by_one(faces)
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=list(IN_FLOAT), denylisted_nodes=erring)
    return tf.lite.experimental.QuantizationDebugger(
        converter=converter, debug_dataset=lambda: _one_by_one(faces[:LOOKED_AT]), debug_options=options
    )


def _one_by_one(faces: np.ndarray):
    return ([faces[place : place + 1]] for place in range(len(faces)))
