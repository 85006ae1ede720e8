"""Depthwise convolution whose kernel gradient is quick on small feature maps."""

import keras

KERNEL_GRADIENT = "depthwise_kernel_gradient"
"""In the names of the operations that compute it, by which a profile finds them."""


@keras.saving.register_keras_serializable("fer_keras")
class FastDepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """`keras.layers.DepthwiseConv2D` with another way to the kernel's gradient where TensorFlow's is slow.

    Arguments, weights, the config and the numbers are the parent's. Where the kernel spans the whole map from every place
    (5x5 on a map of up to 3x3, 3x3 on 2x2: the deep blocks of EfficientNet and MobileNet at 48 pixels), TensorFlow's
    kernel gradient on a CPU takes longer than summing, tap by tap, the products of the cells that meet (the profile in
    benchmarks/README.md has both).
    Everything else (larger maps, strides, dilation, a depth multiplier, other types than float32, an accelerator, another
    backend) is left to the parent.

    Input and output: (B, H, W, C), floating point.
    """

    def call(self, inputs, training=None):
        if not (training and self.trainable and self._spans(inputs) and self._on_tensorflow_cpu()):
            return super().call(inputs)
        outputs = _convolve(inputs, self.kernel)
        if self.use_bias:
            outputs = keras.ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def _spans(self, inputs) -> bool:
        plain = (self.padding, self.strides, self.dilation_rate, self.depth_multiplier) == ("same", (1, 1), (1, 1), 1)
        sides = inputs.shape[1:3]
        return (
            plain
            and self.data_format == "channels_last"
            and keras.backend.standardize_dtype(inputs.dtype) == "float32"
            and None not in sides
            and all(2 * side - 1 <= taps for side, taps in zip(sides, self.kernel_size, strict=True))
        )

    def _on_tensorflow_cpu(self) -> bool:
        devices = keras.distribution.list_devices
        return keras.backend.backend() == "tensorflow" and not devices("gpu") and not devices("tpu")


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
