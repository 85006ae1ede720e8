"""Spatial attention: where to look."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class SpatialAttention(keras.layers.Layer):
    """Scale each position by a mask in (0, 1) drawn from the channels' maximum and mean there (Paper 003, §2.1).

    The two maps are concatenated, maximum first, convolved to one, and squashed by a sigmoid: M in R^(H x W).

    Args:
        kernel_size: side of the convolution's window; 7 in the paper.
        use_bias: whether the convolution has a bias.

    Input and output: (B, H, W, C), floating point.
    """

    def __init__(self, kernel_size: int = 7, use_bias: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size = kernel_size
        self.use_bias = use_bias
        self.convolution = keras.layers.Conv2D(
            1,
            kernel_size,
            padding="same",
            activation="sigmoid",
            use_bias=use_bias,
            dtype=self.dtype_policy,
            name="convolution",
        )

    def build(self, input_shape):
        self.convolution.build((*input_shape[:-1], 2))

    def mask(self, inputs):
        """Return the attention map (B, H, W, 1), each value in (0, 1)."""
        strongest = ops.max(inputs, axis=-1, keepdims=True)
        average = ops.mean(inputs, axis=-1, keepdims=True)
        return self.convolution(ops.concatenate([strongest, average], axis=-1))

    def call(self, inputs):
        return inputs * self.mask(inputs)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size, "use_bias": self.use_bias}
