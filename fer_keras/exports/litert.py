"""LiteRT (.tflite): one file for phones, browsers and `fer-keras predict`, which reads it without TensorFlow."""

import pathlib
import tempfile

from fer_keras.exports import int8
from fer_keras.exports.network import Network
from fer_keras.inference import litert, litert_file
from fer_keras.io.errors import expected
from fer_keras.runtime import standard_error_held

SUFFIX, QUANTIZATIONS = ".tflite", ("none", "float16", "int8")


def write(path: pathlib.Path, network: Network) -> None:
    """Write the file `path`: uint8 "face" (B, side, side, channels) in, float32 "probabilities" (B, K) out.

    With int8 the convolutions compute in it, less those in which it errs most (`int8.convert`).
    Raises UserError for a network of operations that LiteRT does not have.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, standard_error_held():
        program = _program(network.portable)
        tf.saved_model.save(program, folder, signatures={"serving_default": program.serve})
        try:
            content = _converted(folder, network)
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


def _converted(folder: str, network: Network) -> bytes:
    import tensorflow as tf

    if network.quantize == "int8":
        return int8.convert(folder, network.calibration)
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    if network.quantize == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


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
