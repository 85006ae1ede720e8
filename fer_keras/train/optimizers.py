"""Build a Keras optimizer from a recipe's `Optimizer`."""

import re
from collections.abc import Iterable

import keras

from fer_keras.config import settings
from fer_keras.train import schedules
from fer_keras.train.fused_adam import FusedAdamW, FusedStep
from fer_keras.train.muon import ConvolutionMuon


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
class AdamL2(_CoupledL2, FusedStep, keras.optimizers.Adam):
    """Adam with L2 in the gradient, as PyTorch's `Adam(weight_decay=l2)`; not AdamW."""


@keras.saving.register_keras_serializable("fer_keras")
class SGDL2(_CoupledL2, keras.optimizers.SGD):
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
        velocity = self.momentums[self._get_variable_index(variable)]
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


def build(spec: settings.Optimizer, epochs: int, steps_per_epoch: int, paths: Iterable[str] = ()):
    """Return the optimizer of a phase of `epochs` times `steps_per_epoch` steps, one rate a group where groups are given.

    `paths` are those of the trainable variables: a group that matches none of them raises ValueError, since Keras would
    give its layers the default rate without a word.
    """
    default = _single(spec, spec.learning_rate, epochs, steps_per_epoch)
    if not spec.groups:
        return default
    paths = tuple(paths)
    for prefix, _ in spec.groups:
        if not any(path.startswith(prefix) for path in paths):
            raise ValueError(
                f"Expected a trainable variable whose path begins with {prefix!r}. Received: {paths[:3]} ..."
            )
    groups = {f"{re.escape(prefix)}.*": _single(spec, rate, epochs, steps_per_epoch) for prefix, rate in spec.groups}
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(default, groups))


def _single(spec, rate, epochs, steps_per_epoch):
    lr = schedules.learning_rate(spec.schedule, rate, epochs, steps_per_epoch)
    decay = spec.weight_decay or None
    if spec.name == "sgd":
        moving = schedules.momentum(spec.schedule, epochs, steps_per_epoch)
        return SGDL2(lr, momentum=spec.momentum, l2=spec.l2_in_gradient, weight_decay=decay, momentum_schedule=moving)
    betas = {"beta_1": spec.beta_1, "beta_2": spec.beta_2, "epsilon": spec.epsilon}
    if spec.name == "adamw":
        return FusedAdamW(lr, weight_decay=spec.weight_decay, **betas)
    if spec.name == "muon":
        return _muon(spec, lr)
    return AdamL2(lr, l2=spec.l2_in_gradient, weight_decay=decay, **betas)


def _muon(spec, lr):
    return ConvolutionMuon(
        lr,
        momentum=spec.momentum,
        weight_decay=spec.weight_decay,
        adam_weight_decay=spec.weight_decay,
        adam_beta_1=spec.beta_1,
        adam_beta_2=spec.beta_2,
        epsilon=spec.epsilon,
        iterate_in=keras.config.dtype_policy().compute_dtype,
    )


def inner(optimizer) -> list:
    """Return the single optimizers inside (one, or one a group and the default last), past any loss scaling."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    mapping = getattr(optimizer, "optimizers", None)
    return list(mapping) if mapping else [optimizer]


def current_rate(optimizer) -> float:
    """Return the learning rate of the default optimizer at its present step."""
    return float(keras.ops.convert_to_numpy(inner(optimizer)[-1].learning_rate))


def scale_rate(optimizer, factor: float) -> None:
    """Multiply the (constant) learning rate of every group by `factor`."""
    for one in inner(optimizer):
        one.learning_rate = float(keras.ops.convert_to_numpy(one.learning_rate)) * factor
