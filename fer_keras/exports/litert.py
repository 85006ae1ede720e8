"""LiteRT (.tflite): one file for phones, browsers and `fer-keras predict`, which reads it without TensorFlow."""

import pathlib
import tempfile

import numpy as np

from fer_keras.exports.network import Network
from fer_keras.inference import litert, litert_file
from fer_keras.io.errors import expected
from fer_keras.runtime import standard_error_held

SUFFIX, QUANTIZATIONS = ".tflite", ("none", "float16", "int8")


def write(path: pathlib.Path, network: Network) -> None:
    """Write the file `path`: uint8 "face" (B, side, side, channels) in, float32 "probabilities" (B, K) out.

    With int8 the face, the probabilities and the layers that have no int8 kernel stay as they are.
    Raises UserError for a network of operations that LiteRT does not have.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, standard_error_held():
        program = _program(network.portable)
        tf.saved_model.save(program, folder, signatures={"serving_default": program.serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if network.quantize != "none":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if network.quantize == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if network.quantize == "int8":
            converter.representative_dataset = lambda: _one_by_one(network.calibration)
        try:
            content = converter.convert()
        except Exception as error:  # the converter has an error class of its own, and lets others through
            raised = error
        else:
            raised = None
    if raised:
        raise expected("a network that LiteRT can run", " ".join(str(raised).split())[:200]) from raised
    path.write_bytes(litert_file.with_contract(content, network.contract))


def read(path: pathlib.Path) -> litert.Network:
    """Return the network in the file `path` as a function of faces, run by LiteRT."""
    return litert.open_file(path)


def _one_by_one(faces: np.ndarray):
    return ([faces[place : place + 1]] for place in range(len(faces)))


def _program(model):
    """Return a tf.Module with the function `serve` and the model's weights."""
    import tensorflow as tf

    module = tf.Module()
    module.weights = [weight.value for weight in model.weights]

    @tf.function(input_signature=[tf.TensorSpec(model.input_shape, tf.uint8, name="face")], autograph=False)
    def serve(face):
        return {"probabilities": model(face, training=False)}

    module.serve = serve
    return module
