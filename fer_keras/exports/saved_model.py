"""SavedModel: a program for TensorFlow and TensorFlow Serving that needs nothing of this package.

The function `serve` takes faces as uint8 or as floats from 0 to 255, which are rounded, (B, side, side, channels), B may
be 0; anything else is an ordinary error. So do the signatures, each for one type: `serving_default` and `serve` uint8,
`serve_float` float32. All return "probabilities" float32 (B, K), "label" (B,) and "class_names" (B, K), in the order of
the probabilities: outputs with one batch axis are what the row format of TensorFlow Serving asks for
(https://www.tensorflow.org/tfx/serving/api_rest). The class names and the input stand in assets.extra/fer_keras.json too.
"""

import pathlib

import keras

from fer_keras.exports.network import Network
from fer_keras.inference.loading import CONTRACT, load
from fer_keras.io import files
from fer_keras.io.errors import expected

SUFFIX, QUANTIZATIONS = "", ("none",)


def write(path: pathlib.Path, network: Network) -> None:
    """Write the folder `path`. Each weight is written once; `keras.Model.export` would write it twice.

    Raises UserError on another backend than TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise expected("the TensorFlow backend for a SavedModel", keras.backend.backend())
    import tensorflow as tf

    served = program(network.model, network.contract.class_names)
    whole, fraction = (
        served.serve.get_concrete_function(tf.TensorSpec(network.model.input_shape, kind, name="face"))
        for kind in (tf.uint8, tf.float32)
    )
    signatures = {"serving_default": whole, "serve": whole, "serve_float": fraction}
    tf.saved_model.save(served, str(path), signatures=signatures)
    files.write_json(path / CONTRACT, network.contract.as_json())


def read(path: pathlib.Path):
    """Return the program in the folder `path` as a function of faces."""
    return load(path, crop=False).probabilities


def program(model, class_names):
    """Return a tf.Module whose function `serve` names the expressions, and whose `weights` are the model's."""
    import tensorflow as tf

    module = tf.Module()
    module.weights = [weight.value for weight in model.weights]
    shape = (None, *model.input_shape[1:])

    @tf.function(autograph=False, input_signature=[tf.TensorSpec(shape, tf.uint8, name="face")])
    def named(face):  # a function of its own, which both types call: the network is traced and written once
        rows = tf.shape(face)[0]
        blank = tf.zeros((tf.cast(tf.equal(rows, 0), tf.int32), *shape[1:]), tf.uint8)
        probabilities = model(tf.concat([face, blank], 0), training=False)[:rows]
        names = tf.constant(class_names)
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        table = tf.tile(names[None], (rows, 1))
        return {"probabilities": probabilities, "label": label, "class_names": table}

    @tf.function(autograph=False)
    def serve(face):
        face = _checked(face, shape)
        if face.dtype != tf.uint8:
            face = tf.cast(tf.clip_by_value(tf.round(face), 0, 255), tf.uint8)
        return named(face)

    module.serve = serve
    return module


def _checked(face, shape):
    """Return `face` (B, side, side, channels), or fail when it runs: kernels would abort the process for another rank.

    TensorFlow leaves out a check that the signature's shape seems to answer, though callers do not heed that shape.
    """
    import tensorflow as tf

    hidden = tf.raw_ops.PlaceholderWithDefault(input=face, shape=None)
    return tf.ensure_shape(hidden, shape)
