"""Resizing images, and nothing else."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class Resize(keras.layers.Layer):
    """Resize square images to (size, size).

    Instead of `keras.layers.Resizing`, whose `call(training=True)` has a side effect in Keras 3.15: `model(x)`, without
    a `training` argument, then runs every later layer in training mode, with dropout and the batch's statistics.

    Args:
        size: side of the output in pixels.
        interpolation: "bicubic", "bilinear" or "nearest".
        antialias: average over what is skipped when shrinking.

    Input: (B, H, W, C), floating point. Output: (B, size, size, C); bicubic may overshoot the input's range.
    """

    def __init__(self, size: int, interpolation: str = "bicubic", antialias: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.interpolation = interpolation
        self.antialias = antialias

    def call(self, inputs):
        side = (self.size, self.size)
        return ops.image.resize(inputs, side, self.interpolation, antialias=self.antialias, data_format="channels_last")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size, self.size, input_shape[-1])

    def get_config(self):
        arguments = {"size": self.size, "interpolation": self.interpolation, "antialias": self.antialias}
        return {**super().get_config(), **arguments}
