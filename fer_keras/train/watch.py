"""What is checked after every step: that the loss is a number, whether to checkpoint, whether to stop."""

import time
from collections.abc import Callable

import keras
import numpy as np

from fer_keras.errors import UserError
from fer_keras.train.interrupt import Interrupted, StopRequest
from fer_keras.train.optimizers import current_rate

STEPS_BETWEEN_LOSS_CHECKS = 20


class Watch(keras.callbacks.Callback):
    """Guards one epoch of a phase, from step `first_step` on.

    `save(step)` writes a checkpoint; it is called every `checkpoint_seconds`, and before Interrupted is raised when
    `stop.asked`. After the last step it is left to the trainer, which evaluates and saves the whole epoch. Raises
    UserError when the loss is not finite, naming the step and the learning rate.
    """

    def __init__(
        self, save: Callable[[int], None], stop: StopRequest, first_step: int, checkpoint_seconds: float, where: str
    ):
        super().__init__()
        self.save, self.stop, self.first_step = save, stop, first_step
        self.checkpoint_seconds, self.where = checkpoint_seconds, where
        self._saved = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        step = self.first_step + batch + 1
        if step % STEPS_BETWEEN_LOSS_CHECKS == 0:
            self._check(step, logs)
        if batch + 1 == self.params["steps"]:
            return
        if self.stop.asked:
            self.save(step)
            raise Interrupted
        if time.monotonic() - self._saved > self.checkpoint_seconds:
            self.save(step)
            self._saved = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        self._check("the last", logs)

    def _check(self, step, logs):
        loss = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(loss):
            rate = current_rate(self.model.optimizer)
            raise UserError(
                f"Training diverged: loss {loss} at step {step} of {self.where}, learning rate {rate:.3g}. "
                "The last checkpoint is good; try a smaller learning rate or batch size."
            )
