"""The blur that augmentation leaves in every face of training, for the faces of testing, which are sharper."""

import keras
from keras import ops

SHARE = 1 / 12
"""Of either neighbour in the kernel; see `ResamplingBlur`."""


@keras.saving.register_keras_serializable("fer_keras")
class ResamplingBlur(keras.layers.Layer):
    """Blur as one bilinear resampling does on average; in training, where augmentation has done it, change nothing.

    A value read at d between two pixels weighs them 1 - d and d: a kernel of variance d (1 - d), which is 1/6 on
    average over all d. The symmetric kernel of that variance is (1/12, 10/12, 1/12); it runs along columns and rows, and
    beyond the edge the edge's pixel counts again. No weights. The suite's own, no paper's.

    Input and output: (B, H, W, C), floating point, H and W known.
    """

    def call(self, inputs, training=False):
        return inputs if training else _blurred(_blurred(inputs, axis=1), axis=2)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)


def _blurred(x, axis: int):
    places = range(x.shape[axis])
    before = ops.take(x, [max(place - 1, 0) for place in places], axis)
    after = ops.take(x, [min(place + 1, places[-1]) for place in places], axis)
    return (1 - 2 * SHARE) * x + SHARE * (before + after)
