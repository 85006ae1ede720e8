"""Write a trained model as a SavedModel that needs nothing of this package: raw pixels in, probabilities and labels out."""

import pathlib
import shutil

import keras

from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.models.fast_layers import rebuilt


def saved_model(
    model_file: pathlib.Path, out: pathlib.Path, class_names: tuple[str, ...] | None = None
) -> pathlib.Path:
    """Export `model_file` (.keras) to the folder `out` in float32 and return `out`.

    The signatures `serve` and `serving_default` take "face", uint8 (B, H, W, C), the pixels as they come from the file,
    and return "probabilities" float32 (B, K), "label" (B,) and "class_names" (K,), in the order of the probabilities.
    Each weight is written once; `keras.Model.export` would write it twice.
    `class_names` None takes those in the file. Raises UserError on another backend than TensorFlow, or without names.
    """
    if keras.backend.backend() != "tensorflow":
        raise UserError(f"Expected the TensorFlow backend for --export. Received: {keras.backend.backend()}.")
    import tensorflow as tf

    model = saved.load(model_file)
    names = saved.class_names(model_file, model, class_names)
    program = _program(in_float32(model), names)
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    tf.saved_model.save(program, str(part), signatures={"serve": program.serve, "serving_default": program.serve})
    shutil.rmtree(out, ignore_errors=True)
    part.replace(out)
    return out


def _program(model, class_names):
    """Return a tf.Module whose function `serve` names the expressions, and whose `weights` are the model's."""
    import tensorflow as tf

    module = tf.Module()
    module.weights = [weight.value for weight in model.weights]

    @tf.function(input_signature=[tf.TensorSpec(model.input_shape, tf.uint8, name="face")], autograph=False)
    def serve(face):
        probabilities = model(face, training=False)
        names = tf.constant(class_names)
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        return {"probabilities": probabilities, "label": label, "class_names": names}

    module.serve = serve
    return module


def in_float32(model: keras.Model) -> keras.Model:
    """Return `model` with every layer's dtype policy float32 and the same weights; `model` itself when it is so already.

    LiteRT and ONNX do not run bfloat16 convolutions; weights are float32 under every policy that the suite uses.
    """
    mixed = ("mixed_bfloat16", "mixed_float16")
    return rebuilt(model, lambda value: "float32" if isinstance(value, str) and value in mixed else value)
