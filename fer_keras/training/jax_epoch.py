"""An epoch in JAX on one device that holds the faces: many steps a call, so that Python and the processor do not hold it up.

Keras's `fit` hands each batch over by itself, from the processor's memory. What is computed here is what `fit` computes:
the same plan, loss, optimizer step and sums.
"""

import functools

import jax
import jax.numpy as jnp
import keras
import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.data.plan import Treatment
from fer_keras.data.resident import Resident, batch_of, planned_steps, resident
from fer_keras.training.feed import Feed
from fer_keras.training.lessons import Lessons

STEPS_AT_ONCE = 16
"""Steps of one call on an accelerator, one on a processor: after each it is looked whether to stop, to save, to complain."""


class JaxEpochs:
    """Runs the epochs of one compiled phase of `model` on `faces`.

    Args:
        model: compiled for the phase; its variables are read at the start of an epoch and written by `settle`.
        faces, treatment: what it trains on. feed, index: whose phase it is, and its number there.
        lessons: of teachers, or None.
    """

    def __init__(
        self,
        model: keras.Model,
        faces: Faces,
        treatment: Treatment,
        feed: Feed,
        index: int,
        lessons: Lessons | None = None,
    ):
        self.model, self.faces, self.treatment = model, faces, treatment
        self.feed, self.index, self.lessons = feed, index, lessons
        self._resident = resident(faces, treatment)
        self._run = jax.jit(functools.partial(_steps, model, self._resident, lessons), donate_argnums=0)
        self._state = None

    def fit(
        self, callbacks: list[keras.callbacks.Callback], *, epoch: int, first_step: int, sums: list[float] | None
    ) -> dict[str, float]:
        """Run `epoch` of the phase from `first_step` on and return its mean loss and accuracy.

        Args:
            callbacks: called once for all the steps of a call, with `logs` of their last and {"steps": how many}.
            sums: [loss, rows, correct, rows] of the steps before first_step, or None.
        """
        self._take()
        self._totals = np.asarray(sums or [0.0] * 4, np.float64)
        for callback in callbacks:
            callback.set_model(self.model)
            callback.set_params({"steps": self.feed.steps(self.feed.recipe.phases[self.index]) - first_step})
        data = (self._resident.images, self._resident.targets, self.lessons.weights if self.lessons else [])
        done = 0
        for block in self._blocks(epoch, first_step):
            for callback in callbacks:
                callback.on_train_batch_begin(done)
            self._state, losses, correct = self._run(self._state, data, block)
            self._add(np.asarray(losses, np.float64), np.asarray(correct, np.float64), block[0].shape[1])
            done += len(losses)
            for callback in callbacks:
                callback.on_train_batch_end(done - 1, {"loss": float(losses[-1]), "steps": len(losses)})
        self.settle()
        for callback in callbacks:
            callback.on_epoch_end(epoch)
        loss, rows, correct, _ = self._totals.tolist()
        return {"loss": loss / rows, "accuracy": correct / rows}

    def sums(self) -> list[float]:
        """Return [loss, rows, correct, rows] of the epoch so far."""
        return self._totals.tolist()

    def settle(self) -> None:
        """Write the state back into the variables of the model and of its optimizer."""
        for variables, values in zip(_variables(self.model), self._state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        self._take()

    def _blocks(self, epoch, first_step):
        return planned_steps(
            self.faces,
            self.treatment,
            batch_size=self.feed.recipe.batch_size,
            seed=self.feed.seed,
            epoch=self.feed.epochs_before(self.index) + epoch,
            first_step=first_step,
            at_once=STEPS_AT_ONCE if jax.default_backend() != "cpu" else 1,
        )

    def _take(self):
        # Copies: what a compiled call is given it may overwrite, and others hold these arrays too.
        self._state = tuple([jnp.array(v.value, copy=True) for v in variables] for variables in _variables(self.model))

    def _add(self, losses, correct, rows):
        self._totals += [losses.sum() * rows, losses.size * rows, correct.sum(), losses.size * rows]


def _variables(model):
    return model.trainable_variables, model.non_trainable_variables, model.optimizer.variables


def _steps(model, kind: Resident, lessons, state, data, blocks):
    """Return (state, losses [S], rows classified correctly [S]) after the S steps of `blocks`."""
    images, targets, weights = data

    def step(state, block):
        faces, labels, shares = batch_of(images, targets, block, kind)
        if lessons:
            labels = lessons.targets(weights, faces, labels)
        return _step(model, state, faces, labels, shares)

    if len(blocks[0]) == 1:  # on a processor, XLA's convolutions inside a loop are many times slower
        state, (loss, right) = step(state, jax.tree.map(lambda array: array[0], blocks))
        return state, loss[None], right[None]
    state, (losses, correct) = jax.lax.scan(step, state, blocks)
    return state, losses, correct


def _step(model, state, faces, labels, shares):
    trainable, others, slots = state

    def loss_of(trainable):
        probabilities, updated, penalties = model.stateless_call(
            trainable, others, faces, training=True, return_losses=True
        )
        loss = model.loss(labels, probabilities, sample_weight=shares) + sum(penalties)
        return loss, (probabilities, updated)

    (loss, (probabilities, others)), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable)
    trainable, slots = model.optimizer.stateless_apply(slots, gradients, trainable)
    correct = (probabilities.argmax(axis=1) == labels.argmax(axis=1)).sum()
    return (trainable, others, slots), (loss, correct)
