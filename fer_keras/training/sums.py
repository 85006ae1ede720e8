"""What an epoch has summed so far, so that its mean loss and accuracy are of all its rows, each counted once."""

import itertools

import keras
import numpy as np

from fer_keras import keras_internals


class EpochSums(keras.callbacks.Callback):
    """Carries an epoch's sums over an interruption, and counts a last batch that is repeated in itself only once.

    Args:
        carried: what `now` returned at the interruption, or None at the start of an epoch.
        repeated: how often the last batch stands in itself, see `plan.repetitions`.

    Keras's means are each a total and a count, in `model.metrics_variables`. The loss goes on in its variables, so that
    the additions are those of an epoch that was not interrupted. Variables that Keras makes only in the first step are
    added to at the end, which for counts of rows is as exact.
    """

    def __init__(self, carried: list[float] | None = None, repeated: int = 1):
        super().__init__()
        self.carried, self.repeated = carried or [], repeated
        self._before_last = None

    def on_epoch_begin(self, epoch, logs=None):
        made = self.model.metrics_variables[: len(self.carried)]
        for variable, value in zip(made, self.carried, strict=False):
            variable.assign(value)
        self.carried = [0.0] * len(made) + self.carried[len(made) :]

    def on_train_batch_begin(self, batch, logs=None):
        if self.repeated > 1 and batch + 1 == self.params["steps"]:
            self._before_last = self.now()

    def now(self) -> list[float]:
        """Return the sums as they stand: [total, count] of the loss, then of each metric."""
        settle(self.model)
        sums = [float(keras.ops.convert_to_numpy(variable)) for variable in self.model.metrics_variables]
        return [a + b for a, b in itertools.zip_longest(sums, self.carried, fillvalue=0.0)]

    def means(self) -> dict[str, float]:
        """Return {"loss": mean, metric: mean} of the epoch. To be called when it is over."""
        sums = np.array(self.now())
        if self._before_last is not None:
            before = np.pad(self._before_last, (0, len(sums) - len(self._before_last)))
            sums = before + (sums - before) / self.repeated
        names = [variable.path.split("/")[0] for variable in self.model.metrics_variables[::2]]
        return {name: float(total / count) for name, (total, count) in zip(names, sums.reshape(-1, 2), strict=True)}


def settle(model: keras.Model) -> None:
    """Write back into the model's variables what JAX's `fit` holds apart from them while an epoch runs."""
    keras_internals.write_back_state(model)
