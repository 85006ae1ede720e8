"""Teachers that look at each face as the student sees it, at every step: their networks, for `Lessons`."""

from collections.abc import Sequence

import keras

from fer_keras.config.data import Data
from fer_keras.io.errors import expected
from fer_keras.models import saved
from fer_keras.models.fast_layers import in_float32
from fer_keras.runs.teacher import Teacher
from fer_keras.training.devices import Devices
from fer_keras.training.lessons import Lessons


def require(data: Data, devices: Devices) -> None:
    """Raise UserError where teachers that see augmented faces cannot be asked: on several devices."""
    if data.teacher_view == "augmented" and devices.replicas > 1:
        raise expected("one device for teachers that see augmented faces", devices.replicas)


def of(teachers: Sequence[Teacher], data: Data) -> Lessons | None:
    """Return the `Lessons` of a run whose teachers see augmented faces, or None.

    They answer as in use: one with a `ResamplingBlur` blurs the augmented face, too.
    """
    if not teachers or data.teacher_view == "original":
        return None
    models = [saved.load(teacher.model) for teacher in teachers]
    if keras.backend.backend() == "tensorflow":
        models = [_in_training_precision(model) for model in models]
        return Lessons([], _of_networks(models, data), data.teacher_share)
    weights = [[[v.value for v in vs] for vs in (m.trainable_variables, m.non_trainable_variables)] for m in models]
    return Lessons(weights, _of_weights(models, data), data.teacher_share)


def _in_training_precision(model: keras.Model) -> keras.Model:
    """Return `model` in float32 where training is: its file may say bfloat16, slow on a processor that has it not."""
    return in_float32(model) if keras.mixed_precision.dtype_policy().name == "float32" else model


def _of_weights(models, data):
    """Return a `Teach` that is given the weights: what JAX compiles."""

    def teach(weights, images):
        pairs = zip(models, weights, strict=True)
        answers = [model.stateless_call(*state, images, training=False)[0] for model, state in pairs]
        return _mean(answers, data.teacher_temperature)

    return teach


def _of_networks(models, data):
    """Return a `Teach` whose networks hold their weights: what TensorFlow traces."""

    def teach(weights, images):
        return _mean([model(images, training=False) for model in models], data.teacher_temperature)

    return teach


def _mean(answers, temperature: float):
    powers = (sum(answers) / len(answers)) ** (1 / temperature)
    return powers / keras.ops.sum(powers, axis=1, keepdims=True)
