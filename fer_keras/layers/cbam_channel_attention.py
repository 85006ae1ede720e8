"""CBAM's channel attention: one MLP, two passes."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class CBAMChannelAttention(keras.layers.Layer):
    """Scale each channel by M = sigmoid(MLP(AvgPool(x)) + MLP(MaxPool(x))) (Woo et al. 2018, eq. 2; Papers 000, 001).

    MLP(z) = W1 relu(W0 z), the same for both descriptors, without biases as in the equation.

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
        policy = self.dtype_policy
        self.reduce = keras.layers.Dense(hidden, activation="relu", use_bias=False, dtype=policy, name="reduce")
        self.expand = keras.layers.Dense(channels, use_bias=False, dtype=policy, name="expand")
        self.reduce.build((input_shape[0], channels))
        self.expand.build((input_shape[0], hidden))

    def weigh(self, inputs):
        """Return the channel weights (B, C), each in (0, 1)."""
        average, strongest = ops.mean(inputs, axis=(1, 2)), ops.max(inputs, axis=(1, 2))
        return ops.sigmoid(self.expand(self.reduce(average)) + self.expand(self.reduce(strongest)))

    def call(self, inputs):
        return inputs * self.weigh(inputs)[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "ratio": self.ratio}
