"""Teachers that look at each face as the student sees it, at every step: their networks, for `JaxEpochs`."""

from collections.abc import Sequence

from fer_keras.config.data import Data
from fer_keras.io.errors import expected
from fer_keras.models import saved
from fer_keras.runs.teacher import Teacher
from fer_keras.training.devices import Devices


def require(data: Data, devices: Devices) -> None:
    """Raise UserError where teachers that see augmented faces cannot be asked: off one JAX device."""
    if data.teacher_view == "augmented" and not devices.resident:
        raise expected("one device under KERAS_BACKEND=jax for teachers that see augmented faces", "another")


def of(teachers: Sequence[Teacher], data: Data):
    """Return the `Lessons` of a run whose teachers see augmented faces, or None."""
    if not teachers or data.teacher_view == "original":
        return None
    from fer_keras.training.jax_epoch import Lessons

    models = [saved.load(teacher.model) for teacher in teachers]
    weights = [[[v.value for v in vs] for vs in (m.trainable_variables, m.non_trainable_variables)] for m in models]
    return Lessons(weights, _mean_of(models, data.teacher_temperature), data.teacher_share)


def _mean_of(models, temperature):
    def teach(weights, images):
        pairs = zip(models, weights, strict=True)
        answers = [model.stateless_call(*state, images, training=False)[0] for model, state in pairs]
        powers = (sum(answers) / len(answers)) ** (1 / temperature)
        return powers / powers.sum(axis=1, keepdims=True)

    return teach
