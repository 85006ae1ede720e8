"""What is checked after every step: that the loss is a number, whether to checkpoint, whether to stop."""

import time
from collections.abc import Callable

import keras
import numpy as np

from fer_keras.io.errors import UserError
from fer_keras.training.interrupt import Interrupted, StopRequest
from fer_keras.training.optimizers import current_rate

STEPS_BETWEEN_LOSS_CHECKS = 20
"""To look at a loss is to wait for the device, so several are looked at together."""

LARGEST_LOSS = 1000.0
"""Keras clips cross-entropy at 16.1 a row; no class weight and no penalty of the recipes brings a mean near this."""


class Watch(keras.callbacks.Callback):
    """Guards one epoch of a phase, from step `first_step` on. `settle` brings the model's variables up to date.

    `save(step)` writes a checkpoint; it is called every `checkpoint_seconds`, and before Interrupted is raised when
    `stop.asked`. After the last step it is left to the trainer, which evaluates and saves the whole epoch.

    Raises UserError, naming the step and the learning rate, when the loss is no finite number or above LARGEST_LOSS, or
    when a step made weights that are not finite. That is found out before anything is saved, so that every checkpoint
    holds good weights.
    """

    def __init__(
        self,
        save: Callable[[int], None],
        settle: Callable[[], None],
        stop: StopRequest,
        first_step: int,
        checkpoint_seconds: float,
        where: str,
    ):
        super().__init__()
        self.save, self.settle, self.stop, self.first_step = save, settle, stop, first_step
        self.checkpoint_seconds, self.where = checkpoint_seconds, where
        self._saved = time.monotonic()
        self._step, self._checked, self._losses = first_step, first_step, []

    def on_train_batch_end(self, batch, logs=None):
        self._step = self.first_step + batch + 1
        self._losses.append((self._step, (logs or {}).get("loss", 0.0)))
        if self._step - self._checked >= STEPS_BETWEEN_LOSS_CHECKS:
            self._check_losses()
        if batch + 1 == self.params["steps"]:
            return
        if self.stop.asked:
            self._save()
            raise Interrupted
        if time.monotonic() - self._saved > self.checkpoint_seconds:
            self._save()
            self._saved = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        self._check_losses()
        self._check_weights()

    def _save(self):
        self._check_losses()
        self._check_weights()
        self.save(self._step)

    def _check_losses(self):
        losses, self._losses, self._checked = self._losses, [], self._step
        for step, loss in losses:
            if not abs(float(loss)) <= LARGEST_LOSS:
                raise self._diverged(f"loss {float(loss):.4g}", step)

    def _check_weights(self):
        self.settle()
        for variable in self.model.trainable_variables:
            if not np.isfinite(keras.ops.convert_to_numpy(variable)).all():
                raise self._diverged(f"{variable.path} not finite", self._step)

    def _diverged(self, what, step):
        self.settle()
        rate = current_rate(self.model.optimizer)
        return UserError(
            f"Training diverged: {what} at step {step} of {self.where}, learning rate {rate:.3g}. "
            "Checkpoints hold only what was before it; try a smaller learning rate or batch size."
        )
