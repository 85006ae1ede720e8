"""Adam and SGD with PyTorch's `weight_decay`: a penalty in the gradient, not a decay apart from it."""

import keras

from fer_keras import keras_internals
from fer_keras.keras_internals import OneRateAStep
from fer_keras.training.averaging import RawWeights
from fer_keras.training.fused_adam import FusedStep


class _CoupledL2:
    """Adds `l2` times the weight to its gradient before the step: PyTorch's `weight_decay` in Adam and SGD.

    Keras's own `weight_decay` shrinks the weight apart from the gradient (decoupled) in every optimizer.
    """

    def __init__(self, *args, l2: float = 0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.l2 = l2

    def update_step(self, gradient, variable, learning_rate):
        if self.l2:
            gradient = gradient + self.l2 * keras.ops.cast(variable, gradient.dtype)
        super().update_step(gradient, variable, learning_rate)

    def get_config(self):
        return {**super().get_config(), "l2": self.l2}


@keras.saving.register_keras_serializable("fer_keras")
class AdamL2(RawWeights, _CoupledL2, FusedStep, keras.optimizers.Adam):
    """Adam with L2 in the gradient, as PyTorch's `Adam(weight_decay=l2)`; not AdamW."""


@keras.saving.register_keras_serializable("fer_keras")
class SGDL2(RawWeights, OneRateAStep, _CoupledL2, keras.optimizers.SGD):
    """SGD with L2 in the gradient, as PyTorch's `SGD(weight_decay=l2)`, and optionally a momentum that follows a schedule.

    PyTorch's velocity is not multiplied by the learning rate, Keras's is: v <- m v - lr g against v <- m v + g, w - lr v.
    They agree while the rate is constant; here the step is PyTorch's, so that OneCycle means what it means there.
    """

    def __init__(self, *args, momentum_schedule=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.momentum_schedule = momentum_schedule

    def update_step(self, gradient, variable, learning_rate):
        if not self.momentum:
            super().update_step(gradient, variable, learning_rate)
            return
        if self.l2:
            gradient = gradient + self.l2 * keras.ops.cast(variable, gradient.dtype)
        keep = self.momentum_schedule(self.iterations) if self.momentum_schedule else self.momentum
        velocity = keras_internals.sgd_velocity(self, variable)
        self.assign(
            velocity, keras.ops.cast(keep, variable.dtype) * velocity + keras.ops.cast(gradient, variable.dtype)
        )
        self.assign_sub(variable, keras.ops.cast(learning_rate, variable.dtype) * velocity)

    def get_config(self):
        schedule = self.momentum_schedule and keras.saving.serialize_keras_object(self.momentum_schedule)
        return {**super().get_config(), "momentum_schedule": schedule}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        schedule = config.get("momentum_schedule")
        moving = schedule and keras.saving.deserialize_keras_object(schedule, custom_objects)
        return super().from_config({**config, "momentum_schedule": moving}, custom_objects)
