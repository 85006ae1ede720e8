"""Train a compiled model step by step under rising learning rates: the doing part of the range test."""

from collections.abc import Callable, Iterable

import keras

from fer_keras.training import optimizers
from fer_keras.training.range_test import RangeTest


def sweep(
    model: keras.Model,
    batches: Iterable,
    test: RangeTest,
    on_step: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Take one step of `model` on each batch, at the next rate of `test`, until it says stop. The weights are spoilt.

    Where the optimizer has groups of layers, all their rates rise together, in the proportion in which they were built:
    the rate of `test` is the default group's, the recipe's `learning_rate`.

    Args:
        batches: (images, targets, weights) as NumPy arrays, at least as many as `test.rates`.
        on_step: called with (step from 1, loss of its batch).

    Raises ValueError when the batches run out.
    """
    groups = optimizers.inner(model.optimizer)
    base = [float(keras.ops.convert_to_numpy(one.learning_rate)) for one in groups]
    for step, (rate, batch) in enumerate(zip(test.rates, batches, strict=False), start=1):
        for one, own in zip(groups, base, strict=True):
            one.learning_rate = rate * own / base[-1]
        model.reset_metrics()  # train_on_batch answers with the mean since the last reset
        images, targets, weights = batch
        loss = float(model.train_on_batch(images, targets, weights, return_dict=True)["loss"])
        go_on = test.take(loss)
        on_step(step, loss)
        if not go_on:
            return
    raise ValueError(f"Expected {len(test.rates)} batches. Received: {len(test.losses)}")
