"""Depthwise convolution that is quick on small feature maps and in bfloat16 on a CPU, and on an accelerator under JAX."""

import keras

from fer_keras.layers import depthwise_taps
from fer_keras.layers.cpu_kernels.tensorflow_cpu import on_tensorflow_cpu

KERNEL_GRADIENT = "depthwise_kernel_gradient"
"""In the names of the operations that compute it, by which a profile finds them."""


@keras.saving.register_keras_serializable("fer_keras")
class FastDepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """`keras.layers.DepthwiseConv2D` with another way to its gradients where TensorFlow's is slow on a CPU.

    Arguments, weights, the config and the numbers are the parent's. Where the kernel spans the whole map from every place
    (5x5 on a map of up to 3x3, 3x3 on 2x2: the deep blocks of EfficientNet and MobileNet at 48 pixels), TensorFlow's
    kernel gradient takes longer than summing, tap by tap, the products of the cells that meet (the profile in
    benchmarks/README.md has both). In bfloat16 its gradients are many times slower than in float32 for 5x5 kernels and
    for strides, so a layer of bfloat16 trains in float32 between two casts, and rounds once instead of at every product.
    On an accelerator under JAX the taps are summed, too (`depthwise_taps`). Everything else (larger maps in float32, other
    types, inference or a frozen layer on a CPU, an accelerator under TensorFlow) is left to the parent.

    Input and output: (B, H, W, C), floating point.
    """

    def call(self, inputs, training=None):
        if _on_jax_accelerator() and self._is_plain():
            return depthwise_taps.depthwise(
                inputs, keras.ops.convert_to_tensor(self.kernel), self.strides, self.padding
            )
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        spans = dtype in ("float32", "bfloat16") and self._spans(inputs)
        narrow = dtype == "bfloat16" and self.data_format == "channels_last"
        if not (training and self.trainable and (spans or narrow) and on_tensorflow_cpu()):
            return super().call(inputs)
        x, kernel = (keras.ops.cast(tensor, "float32") for tensor in (inputs, self.kernel))
        outputs = keras.ops.cast(_convolve(x, kernel) if spans else self._as_the_parent(x, kernel), dtype)
        if self.use_bias:
            outputs = keras.ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def _is_plain(self) -> bool:
        """Return whether it is a convolution alone, as backbones have it before a batch norm."""
        plain = (self.data_format, self.dilation_rate, self.depth_multiplier) == ("channels_last", (1, 1), 1)
        return plain and not self.use_bias and self.activation in (None, keras.activations.linear)

    def _as_the_parent(self, x, kernel):
        return keras.ops.depthwise_conv(
            x, kernel, self.strides, self.padding, data_format=self.data_format, dilation_rate=self.dilation_rate
        )

    def _spans(self, inputs) -> bool:
        plain = (self.padding, self.strides, self.dilation_rate, self.depth_multiplier) == ("same", (1, 1), (1, 1), 1)
        sides = inputs.shape[1:3]
        return (
            plain
            and self.data_format == "channels_last"
            and None not in sides
            and all(2 * side - 1 <= taps for side, taps in zip(sides, self.kernel_size, strict=True))
        )


def _on_jax_accelerator() -> bool:
    if keras.backend.backend() != "jax":
        return False
    import jax

    return jax.default_backend() != "cpu"


def _convolve(inputs, kernel):
    """Return (B, H, W, C): `inputs` of that shape under `kernel` (h, w, C, 1), stride 1, padding "same"."""
    import tensorflow as tf  # only this backend comes here, and importing the layer must not load it

    @tf.custom_gradient
    def convolve(x, taps):
        def gradient(upstream):
            to_x = tf.raw_ops.DepthwiseConv2dNativeBackpropInput(
                input_sizes=tf.shape(x), filter=taps, out_backprop=upstream, strides=[1, 1, 1, 1], padding="SAME"
            )
            with tf.name_scope(KERNEL_GRADIENT):
                return to_x, _kernel_gradient(x, upstream, taps.shape)

        return tf.nn.depthwise_conv2d(x, taps, [1, 1, 1, 1], "SAME"), gradient

    return convolve(inputs, tf.convert_to_tensor(kernel))


def _kernel_gradient(x, upstream, shape):
    """Return the gradient (h, w, C, 1): for each tap the sum of x times upstream over the cells that it brings together."""
    import tensorflow as tf

    height, width, channels, _ = shape
    sums = []
    for row in range(height):
        x_rows, y_rows = _meeting(row - (height - 1) // 2, x.shape[1])
        for column in range(width):
            x_columns, y_columns = _meeting(column - (width - 1) // 2, x.shape[2])
            products = x[:, x_rows, x_columns] * upstream[:, y_rows, y_columns]
            sums.append(tf.reduce_sum(products, axis=[0, 1, 2]))
    return tf.reshape(tf.stack(sums), (height, width, channels, 1))


def _meeting(offset: int, side: int) -> tuple[slice, slice]:
    """Return the places of the input and those of the output that a tap at `offset` from the middle brings together."""
    return slice(max(offset, 0), max(min(side + offset, side), 0)), slice(
        max(-offset, 0), max(min(side - offset, side), 0)
    )
