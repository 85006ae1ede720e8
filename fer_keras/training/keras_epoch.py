"""An epoch by Keras's `fit`, batch after batch from tf.data: on any backend and any number of devices."""

import keras

from fer_keras.training.feed import Feed
from fer_keras.training.lessons import Lessons, attend
from fer_keras.training.sums import EpochSums, settle


class KerasEpochs:
    """Runs the epochs of phase number `index` of `feed`, for which `model` is compiled; see `JaxEpochs`."""

    def __init__(self, model: keras.Model, feed: Feed, index: int, lessons: Lessons | None = None):
        self.model, self.feed, self.index = model, feed, index
        attend(model, lessons)
        self._phase = feed.recipe.phases[index]

    def fit(
        self, callbacks: list[keras.callbacks.Callback], *, epoch: int, first_step: int, sums: list[float] | None
    ) -> dict[str, float]:
        """Run `epoch` of the phase from `first_step` on, and return the means of loss and accuracy over all its rows.

        Args:
            callbacks: of `fit`. sums: what `sums` returned at an interruption, or None at the start of an epoch.
        """
        self._sums = EpochSums(sums, self.feed.repetitions(self._phase))
        self.model.fit(
            self.feed.batches(self.index, epoch, first_step),
            initial_epoch=epoch,
            epochs=epoch + 1,
            steps_per_epoch=self.feed.steps(self._phase) - first_step,
            shuffle=False,
            verbose=0,
            callbacks=[self._sums, *callbacks],
        )
        return self._sums.means()

    def sums(self) -> list[float]:
        """Return the epoch's sums so far, [total, count] of the loss and of each metric."""
        return self._sums.now()

    def settle(self) -> None:
        """Write into the variables what `fit` holds apart from them."""
        settle(self.model)
