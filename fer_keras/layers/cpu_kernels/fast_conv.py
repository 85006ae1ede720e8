"""Convolution whose kernel gradient is quick where the kernel is large and the map small."""

import keras

from fer_keras.layers.cpu_kernels.tensorflow_cpu import on_tensorflow_cpu

KERNEL_GRADIENT = "conv_kernel_gradient"
"""In the names of the operations that compute it, by which a profile finds them."""

FEW_CELLS = 9
"""Of the output's map, at most, for any number of filters; of a 1x1 kernel with strides only as many as FEWEST_CELLS."""
FEWEST_CELLS = 4
MANY_FILTERS, MODERATE_CELLS = 512, 49
"""From as many filters on, a map may have this many cells."""


@keras.saving.register_keras_serializable("fer_keras")
class FastConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with another way to the kernel's gradient where TensorFlow's is slow on a CPU.

    Arguments, weights, the config and the numbers are the parent's. The gradient is one product of two matrices, what
    each output saw and what came back for it, in three cases, in which TensorFlow's own is mostly the slower way (the
    profile in benchmarks/README.md has both for a ResNet):

    - a 1x1 kernel without strides, whose input is that matrix already;
    - a 1x1 kernel with strides, onto a map of at most 2x2;
    - a larger kernel, onto a map of at most 3x3, or of at most 7x7 by 512 filters or more: the deep stages of a ResNet.

    Everything else (other maps, groups, dilation, other types than float32 and bfloat16, inference, a frozen layer, an
    accelerator, another backend) is left to the parent.

    Input: (B, H, W, C), floating point. Output: (B, H', W', filters).
    """

    def call(self, inputs, training=None):
        if not (training and self.trainable and self._gains(inputs) and on_tensorflow_cpu()):
            return super().call(inputs)
        outputs = _convolve(inputs, self.kernel, self.strides, self.padding.upper())
        if self.use_bias:
            outputs = keras.ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def _gains(self, inputs) -> bool:
        plain = (self.data_format, self.groups, self.dilation_rate) == ("channels_last", 1, (1, 1))
        narrow = keras.backend.standardize_dtype(inputs.dtype) in ("float32", "bfloat16")
        sides = self.compute_output_shape(inputs.shape)[1:3]
        if not (plain and narrow) or None in sides:
            return False
        cells = sides[0] * sides[1]
        if self.kernel_size == (1, 1):
            return self.strides == (1, 1) or cells <= FEWEST_CELLS
        return cells <= (MODERATE_CELLS if self.filters >= MANY_FILTERS else FEW_CELLS)


def _convolve(inputs, kernel, strides, padding):
    """Return (B, H', W', filters): `inputs` (B, H, W, C) under `kernel` (h, w, C, filters)."""
    import tensorflow as tf  # only this backend comes here, and importing the layer must not load it

    steps = [1, *strides, 1]

    @tf.custom_gradient
    def convolve(x, taps):
        def gradient(upstream):
            to_x = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(x), filter=taps, out_backprop=upstream, strides=steps, padding=padding
            )
            with tf.name_scope(KERNEL_GRADIENT):
                return to_x, _kernel_gradient(x, upstream, taps.shape, steps, padding)

        return tf.nn.conv2d(x, taps, steps, padding), gradient

    return convolve(inputs, tf.convert_to_tensor(kernel))


def _kernel_gradient(x, upstream, shape, steps, padding):
    """Return the gradient (h, w, C, filters) as one product: what each output saw, times what came back for it."""
    import tensorflow as tf

    height, width, channels, filters = shape
    if (height, width) == (1, 1):
        seen = x[:, :: steps[1], :: steps[2]]
    else:
        seen = tf.image.extract_patches(x, [1, height, width, 1], steps, [1, 1, 1, 1], padding)
    rows = tf.reshape(seen, (-1, height * width * channels))
    return tf.reshape(tf.matmul(rows, tf.reshape(upstream, (-1, filters)), transpose_a=True), shape)
