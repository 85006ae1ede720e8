"""The game of generator and discriminator, an epoch at a time, resumable.

Gradients come from TensorFlow (`GradientTape` in a `tf.function`): Keras has no way to take them that all its backends
share. Everything random in an epoch is drawn in NumPy from (seed, epoch), so a run that was stopped goes on with the
numbers that it would have had.
"""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from fer_keras.io.errors import UserError, expected
from fer_keras.studies.gan import augment, networks, state
from fer_keras.training.interrupt import StopRequest

SAMPLED_AT_ONCE = 256


@dataclasses.dataclass(frozen=True)
class Settings:
    """What decides a training besides images, seed and epochs. The paper gives nothing; sources are in `Adversaries`."""

    batch_size: int = 32
    latent: int = networks.LATENT
    width: int = networks.WIDTH
    learning_rate: float = 4e-4
    beta_1: float = 0.5
    real_target: float = 0.9
    average_decay: float = 0.995


class Adversaries:
    """Both networks, their optimizers, and the running average of the generator, which is the one that is used.

    Non-saturating logistic loss (Goodfellow et al., 2014) with one-sided label smoothing (Salimans et al., 2016); Adam
    with beta_1 = 0.5 (Radford et al., 2016); averaged weights (Yazıcı et al., 2019); both kinds of faces distorted
    before the discriminator sees them (Zhao et al., 2020). Raises UserError on another backend than TensorFlow.
    """

    def __init__(self, settings: Settings, seed: int):
        if keras.backend.backend() != "tensorflow":
            raise expected("the TensorFlow backend to train a GAN", f"KERAS_BACKEND={keras.backend.backend()}")
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        self.settings = settings
        self.generator = networks.generator(settings.latent, settings.width)
        self.averaged = networks.generator(settings.latent, settings.width)
        self.averaged.set_weights(self.generator.get_weights())
        self.discriminator = networks.discriminator(settings.width)
        self._optimizers = [self._optimizer(model) for model in (self.generator, self.discriminator)]
        self._step = tf.function(self._one_step)

    def _optimizer(self, model):
        optimizer = keras.optimizers.Adam(self.settings.learning_rate, self.settings.beta_1)
        optimizer.build(model.trainable_variables)
        return optimizer

    @property
    def variables(self) -> list:
        """Everything that training changes, in an order that does not."""
        models = (self.generator, self.averaged, self.discriminator)
        return [variable for part in (*models, *self._optimizers) for variable in part.variables]

    def fit_epoch(self, images: np.ndarray, seed: int, epoch: int) -> dict[str, float]:
        """Play one pass over the faces (uint8 [N, 48, 48, 1], N at least 2); return both mean losses.

        The last few faces of a shuffle that fill no batch wait for another epoch.
        """
        size = min(self.settings.batch_size, len(images))
        batches = plan(len(images), size, self.settings.latent, seed, epoch)
        losses = [self._step(_mirrored(images[rows], mirror), *draws) for rows, mirror, *draws in batches]
        mean = np.mean([[float(loss) for loss in pair] for pair in losses], axis=0)
        return {"discriminator": round(float(mean[0]), 4), "generator": round(float(mean[1]), 4)}

    def sample(self, number: int, seed: int) -> np.ndarray:
        """Return faces of the averaged generator, uint8 [number, 48, 48, 1].

        Weights and seed decide them: the first of many are the few that a smaller `number` gives.
        """
        noise = np.random.default_rng([seed, *b"faces"]).standard_normal((number, self.settings.latent), np.float32)
        batches = [noise[first : first + SAMPLED_AT_ONCE] for first in range(0, number, SAMPLED_AT_ONCE)]
        made = np.concatenate([ops.convert_to_numpy(self.averaged(batch, training=False)) for batch in batches])
        return np.clip(np.round((made + 1) * 127.5), 0, 255).astype(np.uint8)

    def _one_step(self, images, noise, draws):
        import tensorflow as tf

        real = ops.cast(images, "float32") / 127.5 - 1
        with tf.GradientTape() as of_generator:
            made = self.generator(noise, training=True)
            with tf.GradientTape() as of_discriminator:
                loss = self._against(real, draws[0], self.settings.real_target)
                loss += self._against(ops.stop_gradient(made), draws[1], 0.0)
            self._descend(1, self.discriminator, of_discriminator, loss)
            fooled = self._against(made, draws[2], 1.0)
        self._descend(0, self.generator, of_generator, fooled)
        decay = self.settings.average_decay
        for average, variable in zip(self.averaged.variables, self.generator.variables, strict=True):
            average.assign(decay * average + (1 - decay) * variable)
        return loss, fooled

    def _against(self, faces, draws, target):
        """Return the cross-entropy of the discriminator's scores for these faces with one target for all."""
        scores = self.discriminator(augment.distorted(faces, draws), training=True)
        return ops.mean(ops.binary_crossentropy(ops.full_like(scores, target), scores, from_logits=True))

    def _descend(self, which, model, tape, loss):
        variables = model.trainable_variables
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self._optimizers[which].apply(gradients, variables)


def plan(rows: int, size: int, latent: int, seed: int, epoch: int):
    """Yield what each batch of an epoch needs: (positions [B], mirrored bool [B], noise [B, latent], draws [3, B, 6])."""
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(rows)
    for first in range(0, rows - size + 1, size):
        noise = rng.standard_normal((size, latent), np.float32)
        draws = rng.random((3, size, augment.COLUMNS), np.float32)
        yield order[first : first + size], rng.random(size) < 0.5, noise, draws


def train(
    images: np.ndarray, settings: Settings, seed: int, epochs: int, request: dict, folder: Path, tell: Callable
) -> tuple[Adversaries, list[dict], float]:
    """Train on the faces up to `epochs` epochs; return (adversaries, losses of each epoch, seconds, all sessions).

    A checkpoint is written to `folder` after each epoch, and an earlier one is gone on with when its `request` (JSON)
    is the same. `tell(epoch, epochs, losses, seconds left)` is called after each epoch. Raises UserError for another
    request or when the losses are no numbers, KeyboardInterrupt after the epoch in which Ctrl-C was pressed.
    """
    adversaries = Adversaries(settings, seed)
    history, before = state.restore(folder, adversaries.variables, request)
    began = time.perf_counter()
    with StopRequest() as stop:
        for epoch in range(len(history), epochs):
            losses = adversaries.fit_epoch(images, seed, epoch)
            if not np.isfinite(list(losses.values())).all():
                raise UserError(f"Training diverged in epoch {epoch + 1}: {losses}. Try another --seed.")
            history.append(losses)
            spent = before + time.perf_counter() - began
            state.save(folder, adversaries.variables, request, history, spent)
            tell(epoch + 1, epochs, losses, spent / (epoch + 1) * (epochs - epoch - 1))
            if stop.asked:
                raise KeyboardInterrupt
    return adversaries, history, before + time.perf_counter() - began


def _mirrored(images, mirror):
    return np.where(mirror[:, None, None, None], images[:, :, ::-1], images)
