"""Exponential moving average of the weights: kept by Keras's optimizers, looked at between epochs only."""

import contextlib
from collections.abc import Iterator

import keras

from fer_keras import keras_internals


class RawWeights:
    """Mixed into a Keras optimizer: the weights stay the raw ones at the end of `fit`.

    Keras puts their average (`use_ema`) in their place there, and here every epoch is a `fit` of its own.
    """

    def finalize_variable_values(self, var_list):
        """Leave the weights as they are."""


@contextlib.contextmanager
def averaged_weights(model: keras.Model, optimizers: list) -> Iterator[None]:
    """Put the averages that `optimizers` keep into the weights of `model` for as long as the block lasts.

    Batch normalisation's statistics, which are averages already, stay. Does nothing where no average is kept.
    """
    pairs = [pair for optimizer in optimizers for pair in keras_internals.weight_averages(optimizer)]
    raw = [keras.ops.convert_to_numpy(variable) for variable, _ in pairs]
    for variable, average in pairs:
        variable.assign(average)
    try:
        yield
    finally:
        for (variable, _), value in zip(pairs, raw, strict=True):
            variable.assign(value)
