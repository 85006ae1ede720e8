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
    """Return what an optimizer takes as `learning_rate`: a float (Constant, Plateau) or a Keras schedule over the phase."""
    steps = epochs * steps_per_epoch
    match schedule:
        case settings.Cosine(warmup_epochs=warmup, final_fraction=final):
            warm = round(warmup * steps_per_epoch)
            first = 0.0 if warm else rate
            target = rate if warm else None
            return keras.optimizers.schedules.CosineDecay(
                first, steps - warm, alpha=final, warmup_target=target, warmup_steps=warm
            )
        case settings.CosineRestarts(first_epochs=first, multiply=multiply, final_fraction=final):
            cycle = max(1, round(first * steps_per_epoch))
            return keras.optimizers.schedules.CosineDecayRestarts(rate, cycle, t_mul=multiply, alpha=final)
        case settings.OneCycle(warmup_fraction=share, divide=divide, final_divide=final):
            return OneCycleSchedule(rate / divide, rate, rate / divide / final, steps, share)
        case _:
            return rate


def momentum(schedule: settings.Schedule, epochs: int, steps_per_epoch: int) -> OneCycleSchedule | None:
    """Return the momentum that OneCycle runs against the learning rate, or None where momentum is constant."""
    if not isinstance(schedule, settings.OneCycle) or schedule.momentum is None:
        return None
    high, low = schedule.momentum
    return OneCycleSchedule(high, low, high, epochs * steps_per_epoch, schedule.warmup_fraction)
