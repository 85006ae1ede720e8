"""Learning rate (and momentum) as a function of the step. Cosine and its restarts are Keras's own."""

import math

import keras
from keras import ops

from fer_keras.config import settings


@keras.saving.register_keras_serializable("fer_keras")
class OneCycleSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """One cycle between three values, along two half cosines, as PyTorch's `OneCycleLR(anneal_strategy="cos")`.

    At step 0 the value is `start`, at `warmup_fraction` * steps - 1 it is `peak`, at steps - 1 it is `end`.
    """

    def __init__(self, start: float, peak: float, end: float, steps: int, warmup_fraction: float = 0.3):
        self.start, self.peak, self.end = start, peak, end
        self.steps, self.warmup_fraction = steps, warmup_fraction

    def __call__(self, step):
        step = ops.cast(step, "float32")
        top = self.warmup_fraction * self.steps - 1.0
        rise = _half_cosine(self.start, self.peak, step / max(top, 1e-9))
        fall = _half_cosine(self.peak, self.end, (step - top) / max(self.steps - 1.0 - top, 1e-9))
        return ops.where(step <= top, rise, fall)

    def get_config(self):
        names = ("start", "peak", "end", "steps", "warmup_fraction")
        return {name: getattr(self, name) for name in names}


def _half_cosine(first, last, fraction):
    fraction = ops.clip(fraction, 0.0, 1.0)
    return last + (first - last) * 0.5 * (1.0 + ops.cos(math.pi * fraction))


def learning_rate(schedule: settings.Schedule, rate: float, epochs: int, steps_per_epoch: int):
    """Return what an optimizer takes as `learning_rate`: a float (Constant, Plateau) or a Keras schedule over the phase.

    Raises ValueError for a schedule that is not in RATES.
    """
    if type(schedule) not in RATES:
        names = tuple(kind.__name__ for kind in RATES)
        raise ValueError(f"Expected a schedule in {names}. Received: {type(schedule).__name__}")
    return RATES[type(schedule)](schedule, rate, epochs * steps_per_epoch, steps_per_epoch)


def _constant(schedule, rate, steps, steps_per_epoch):
    """Plateau too: the trainer lowers its rate between epochs."""
    return rate


def _cosine(schedule: settings.Cosine, rate, steps, steps_per_epoch):
    warm = round(schedule.warmup_epochs * steps_per_epoch)
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warm else rate,
        steps - warm,
        alpha=schedule.final_fraction,
        warmup_target=rate if warm else None,
        warmup_steps=warm,
    )


def _cosine_restarts(schedule: settings.CosineRestarts, rate, steps, steps_per_epoch):
    cycle = max(1, round(schedule.first_epochs * steps_per_epoch))
    return keras.optimizers.schedules.CosineDecayRestarts(
        rate, cycle, t_mul=schedule.multiply, alpha=schedule.final_fraction
    )


def _one_cycle(schedule: settings.OneCycle, rate, steps, steps_per_epoch):
    start = rate / schedule.divide
    return OneCycleSchedule(start, rate, start / schedule.final_divide, steps, schedule.warmup_fraction)


RATES = {
    settings.Constant: _constant,
    settings.Plateau: _constant,
    settings.Cosine: _cosine,
    settings.CosineRestarts: _cosine_restarts,
    settings.OneCycle: _one_cycle,
}
"""{schedule in a recipe: what makes a rate of (schedule, rate, steps of the phase, steps of an epoch)}."""


def momentum(schedule: settings.Schedule, epochs: int, steps_per_epoch: int) -> OneCycleSchedule | None:
    """Return the momentum that OneCycle runs against the learning rate, or None where momentum is constant."""
    if not isinstance(schedule, settings.OneCycle) or schedule.momentum is None:
        return None
    high, low = schedule.momentum
    return OneCycleSchedule(high, low, high, epochs * steps_per_epoch, schedule.warmup_fraction)
