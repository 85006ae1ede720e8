"""Paper 000's channel attention: one pass over the sum of two pooled descriptors."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class SumChannelAttention(keras.layers.Layer):
    """Scale each channel by M = sigmoid(W1 relu(W0 (AvgPool(x) + MaxPool(x)))) (Paper 000, §III-A).

    Not CBAM's, though the paper calls it so: there the MLP runs over each descriptor apart and its outputs are summed
    (`CBAMChannelAttention`), which differs because of the ReLU between. Neither matrix has a bias, as in the formula.

    Args:
        ratio: the hidden layer has C / ratio units, at least one; 16 in the paper.

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
        self.expand = keras.layers.Dense(channels, activation="sigmoid", use_bias=False, dtype=policy, name="expand")
        self.reduce.build((input_shape[0], channels))
        self.expand.build((input_shape[0], hidden))

    def weigh(self, inputs):
        """Return the channel weights (B, C), each in (0, 1)."""
        return self.expand(self.reduce(ops.mean(inputs, axis=(1, 2)) + ops.max(inputs, axis=(1, 2))))

    def call(self, inputs):
        return inputs * self.weigh(inputs)[:, None, None, :]

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "ratio": self.ratio}
