"""Muon for convolutional networks."""

import keras
from keras import ops

from fer_keras.keras_internals import OneRateAStep, OpenMuon
from fer_keras.training.averaging import RawWeights

CHANNELS_OF_AN_IMAGE = 3


@keras.saving.register_keras_serializable("fer_keras")
class ConvolutionMuon(RawWeights, OneRateAStep, OpenMuon):
    """Muon (momentum, orthogonalised by Newton and Schulz's iteration) for convolutions, AdamW for all else.

    Keras's Muon takes matrices alone. Jordan's, where it comes from (https://kellerjordan.github.io/posts/muon/), takes a
    convolution's kernel as a matrix with a column for each output channel, and leaves to AdamW what is no such map
    between hidden layers: biases and normalisation, the kernel that reads the image, depthwise kernels, the classifier
    (here every dense layer: in these networks they are the head's). The step's size is that of Liu et al.
    (arXiv:2502.16982): a learning rate and weight decay that fit AdamW have the right order for it.

    Args:
        iterate_in: dtype of the iteration's matrix products; Jordan's is "bfloat16". The slots stay float32.
        rms_rate: root mean square of a step at learning rate 1, as AdamW's is about 0.2.
        The others are `keras.optimizers.Muon`'s.
    """

    def __init__(self, *args, iterate_in: str = "float32", **kwargs):
        super().__init__(*args, **kwargs)
        self.iterate_in = iterate_in

    def is_for_adamw(self, variable) -> bool:
        shape = variable.shape
        return len(shape) != 4 or min(shape[2:]) <= CHANNELS_OF_AN_IMAGE

    def muon_step(self, gradient, variable, learning_rate, momentum) -> None:
        self.assign(momentum, self.momentum * momentum + (1 - self.momentum) * gradient)
        ahead = self.momentum * momentum + (1 - self.momentum) * gradient if self.nesterov else momentum
        columns = variable.shape[-1]
        matrix = ops.cast(ops.reshape(ahead, (-1, columns)), self.iterate_in)
        step = ops.cast(self.orthogonalised(matrix), variable.dtype)
        self.assign_sub(variable, ops.reshape(self.sized(learning_rate * step), variable.shape))

    def get_config(self):
        return {**super().get_config(), "iterate_in": self.iterate_in}
