"""Build a Keras optimizer from a recipe's `Optimizer`."""

import re
from collections.abc import Iterable

import keras

from fer_keras.config import settings
from fer_keras.training import schedules
from fer_keras.training.coupled_l2 import SGDL2, AdamL2
from fer_keras.training.fused_adam import FusedAdamW
from fer_keras.training.muon import ConvolutionMuon


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
    if spec.name not in BUILDERS:
        raise ValueError(f"Expected an optimizer in {tuple(BUILDERS)}. Received: {spec.name!r}")
    learning_rate = schedules.learning_rate(spec.schedule, rate, epochs, steps_per_epoch)
    momentum = schedules.momentum(spec.schedule, epochs, steps_per_epoch)
    return BUILDERS[spec.name](spec, learning_rate, momentum)


def _sgd(spec, learning_rate, momentum_schedule):
    return SGDL2(
        learning_rate,
        momentum=spec.momentum,
        l2=spec.l2_in_gradient,
        weight_decay=spec.weight_decay or None,
        momentum_schedule=momentum_schedule,
        **_weight_average(spec),
    )


def _adam(spec, learning_rate, _):
    decay = spec.weight_decay or None
    return AdamL2(learning_rate, l2=spec.l2_in_gradient, weight_decay=decay, **_averages(spec), **_weight_average(spec))


def _adamw(spec, learning_rate, _):
    return FusedAdamW(learning_rate, weight_decay=spec.weight_decay, **_averages(spec), **_weight_average(spec))


def _averages(spec):
    return {"beta_1": spec.beta_1, "beta_2": spec.beta_2, "epsilon": spec.epsilon}


def _weight_average(spec):
    return {"use_ema": True, "ema_momentum": spec.ema_momentum} if spec.ema_momentum else {}


def _muon(spec, learning_rate, _):
    return ConvolutionMuon(
        learning_rate,
        momentum=spec.momentum,
        weight_decay=spec.weight_decay,
        adam_weight_decay=spec.weight_decay,
        adam_beta_1=spec.beta_1,
        adam_beta_2=spec.beta_2,
        epsilon=spec.epsilon,
        iterate_in=keras.config.dtype_policy().compute_dtype,
        **_weight_average(spec),
    )


BUILDERS = {"adam": _adam, "adamw": _adamw, "sgd": _sgd, "muon": _muon}
"""{name in a recipe: what builds it from (settings, rate or schedule of it, schedule of SGD's momentum or None)}."""


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
    for single in inner(optimizer):
        single.learning_rate = float(keras.ops.convert_to_numpy(single.learning_rate)) * factor
