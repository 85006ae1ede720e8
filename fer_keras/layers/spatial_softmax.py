"""Spatial attention whose weights sum to one over the positions."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class SpatialSoftmaxAttention(keras.layers.Layer):
    """Scale each position by its softmax weight among all positions (Paper 001, equation 4).

    alpha_i = exp(e_i) / sum over the n positions of exp(e_j), where e is a convolution of the channels' maximum and mean at
    each position (Fig. III.3). The weights sum to one, so that features shrink n-fold on average: equation 4 as printed.

    Args:
        kernel_size: side of the convolution's window.
        use_bias: whether the convolution has a bias, which the softmax takes out again.

    Input and output: (B, H, W, C), floating point.
    """

    def __init__(self, kernel_size: int = 7, use_bias: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.kernel_size = kernel_size
        self.use_bias = use_bias
        self.convolution = keras.layers.Conv2D(
            1, kernel_size, padding="same", use_bias=use_bias, dtype=self.dtype_policy, name="convolution"
        )

    def build(self, input_shape):
        self.convolution.build((*input_shape[:-1], 2))

    def mask(self, inputs):
        """Return the attention map (B, H, W, 1), float32: positive, its sum over H and W one."""
        strongest = ops.max(inputs, axis=-1, keepdims=True)
        average = ops.mean(inputs, axis=-1, keepdims=True)
        descriptors = ops.cast(self.convolution(ops.concatenate([strongest, average], axis=-1)), "float32")
        # Not ops.softmax over two axes: Keras reshapes to do that, which fails in a graph whose batch size is open.
        weights = ops.exp(descriptors - ops.max(descriptors, axis=(1, 2), keepdims=True))
        return weights / ops.sum(weights, axis=(1, 2), keepdims=True)

    def call(self, inputs):
        return inputs * ops.cast(self.mask(inputs), inputs.dtype)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "kernel_size": self.kernel_size, "use_bias": self.use_bias}
