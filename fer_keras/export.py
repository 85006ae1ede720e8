"""Write a trained model as a SavedModel that needs nothing of this package: raw pixels in, probabilities and labels out."""

import pathlib
import shutil

import keras

from fer_keras.errors import UserError
from fer_keras.models import saved


@keras.saving.register_keras_serializable("fer_keras")
class LabelNames(keras.layers.Layer):
    """Turns probabilities (B, K) into {"label": (B,) strings, "class_names": (K,) strings in the order of the outputs}.

    TensorFlow only: no other backend has strings.
    """

    def __init__(self, class_names, **kwargs):
        super().__init__(**kwargs)
        self.class_names = tuple(class_names)

    def call(self, probabilities):
        import tensorflow as tf

        names = tf.constant(self.class_names)
        return {"label": tf.gather(names, tf.argmax(probabilities, axis=-1)), "class_names": names}

    def compute_output_spec(self, probabilities):
        return {
            "label": keras.KerasTensor((probabilities.shape[0],), dtype="string"),
            "class_names": keras.KerasTensor((len(self.class_names),), dtype="string"),
        }

    def get_config(self):
        return {**super().get_config(), "class_names": list(self.class_names)}


def saved_model(model_file: pathlib.Path, out: pathlib.Path, class_names: tuple[str, ...]) -> pathlib.Path:
    """Export `model_file` (.keras) to the folder `out` in float32 and return `out`.

    The signature `serve` takes uint8 (B, H, W, C), the pixels as they come from the file, and returns "probabilities"
    float32 (B, K), "label" (B,) and "class_names" (K,). Raises UserError on another backend than TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise UserError(f"Expected the TensorFlow backend for --export. Received: {keras.backend.backend()}.")
    model = in_float32(saved.load(model_file))
    named = LabelNames(class_names, name="label_names")(model.output)
    serving = keras.Model(model.input, {"probabilities": model.output, **named}, name="serving")
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    serving.export(str(part), verbose=False)
    shutil.rmtree(out, ignore_errors=True)
    part.replace(out)
    return out


def in_float32(model: keras.Model) -> keras.Model:
    """Return `model` with every layer's dtype policy float32 and the same weights; `model` itself when it is so already.

    LiteRT and ONNX do not run bfloat16 convolutions; weights are float32 under every policy that the suite uses.
    """
    config = model.get_config()
    plain = _without_mixed(config)
    if plain == config:
        return model
    copy = type(model).from_config(plain)
    copy.set_weights(model.get_weights())
    return copy


def _without_mixed(value):
    if isinstance(value, dict):
        return {key: _without_mixed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without_mixed(item) for item in value)
    return "float32" if value in ("mixed_bfloat16", "mixed_float16") else value
