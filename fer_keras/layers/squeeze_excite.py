"""Squeeze-and-excitation: which channels to listen to."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class SqueezeExcite(keras.layers.Layer):
    """Scale each channel by a weight in (0, 1) that its global average decides (Paper 003, §2.1; Hu et al., 2018).

    z = sigmoid(W2 relu(W1 mean(x))), output z_c * x_c.

    Args:
        ratio: the hidden layer has C / ratio units, at least one.

    Input and output: (B, H, W, C), floating point.
    """

    def __init__(self, ratio: int = 16, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape):
        channels = input_shape[-1]
        hidden = max(1, channels // self.ratio)
        self.reduce = keras.layers.Dense(hidden, activation="relu", dtype=self.dtype_policy, name="reduce")
        self.expand = keras.layers.Dense(channels, activation="sigmoid", dtype=self.dtype_policy, name="expand")
        self.reduce.build((input_shape[0], channels))
        self.expand.build((input_shape[0], hidden))

    def weigh(self, inputs):
        """Return the channel weights (B, C), each in (0, 1)."""
        return self.expand(self.reduce(ops.mean(inputs, axis=(1, 2))))

    def call(self, inputs):
        return inputs * self.weigh(inputs)[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "ratio": self.ratio}
