"""The fused step against Keras's own, number by number."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.training import fused_adam
from fer_keras.training.coupled_l2 import AdamL2
from fer_keras.training.fused_adam import FusedAdamW

PAIRS = [
    (AdamL2, keras.optimizers.Adam, {}),
    (AdamL2, keras.optimizers.Adam, {"beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3, "weight_decay": 0.02}),
    (FusedAdamW, keras.optimizers.AdamW, {"weight_decay": 0.05}),
    (FusedAdamW, keras.optimizers.AdamW, {"weight_decay": 0.05, "clipnorm": 0.5}),
]


def draw(*shape, seed):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def after_steps(optimizer, compiled=False, dtype="float32"):
    """Return weights and averages after five steps of changing gradients, one rate a step."""
    weights = [keras.Variable(draw(*shape, seed=7), dtype=dtype) for shape in ((4, 3), (5,))]
    optimizer.build(weights)

    def apply(gradients):
        optimizer.apply(gradients, weights)

    apply = tf.function(apply) if compiled else apply
    for step in range(5):
        apply([tf.cast(draw(*w.shape, seed=step), dtype) for w in weights])
    return [keras.ops.convert_to_numpy(v) for v in (*weights, *optimizer.variables)]


def rate():
    return keras.optimizers.schedules.PolynomialDecay(0.1, 5, 0.01)


@pytest.fixture
def fused(monkeypatch):
    """A list that grows with each step of the kernel."""
    calls, kernel = [], tf.raw_ops.ResourceApplyAdam
    monkeypatch.setattr(tf.raw_ops, "ResourceApplyAdam", lambda **given: calls.append(1) or kernel(**given))
    return calls


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("ours", "theirs", "arguments"), PAIRS)
def test_weights_and_averages_equal_keras(ours, theirs, arguments, compiled, fused):
    found, expected = (after_steps(kind(rate(), **arguments), compiled) for kind in (ours, theirs))
    for mine, stock in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, stock, rtol=1e-5, atol=1e-6)
    assert fused


def test_one_step_by_hand(fused):
    weight = keras.Variable([1.0])
    optimizer = AdamL2(0.1, epsilon=0.0)
    optimizer.build([weight])
    optimizer.apply([tf.constant([3.0])], [weight])
    # The first step of Adam is the rate against the gradient's sign, whatever its size.
    np.testing.assert_allclose(weight.numpy(), [0.9], rtol=1e-6)
    assert len(fused) == 1


def test_amsgrad_and_other_types_are_keras(fused):
    for arguments, dtype in (({"amsgrad": True}, "float32"), ({}, "float64")):
        found, expected = (
            after_steps(kind(rate(), **arguments), dtype=dtype) for kind in (AdamL2, keras.optimizers.Adam)
        )
        for mine, stock in zip(found, expected, strict=True):
            np.testing.assert_array_equal(mine, stock)
    assert not fused


def test_an_accelerator_is_left_to_keras(monkeypatch, fused):
    monkeypatch.setattr(fused_adam, "on_tensorflow_cpu", lambda: False)
    for mine, stock in zip(after_steps(AdamL2(0.1)), after_steps(keras.optimizers.Adam(0.1)), strict=True):
        np.testing.assert_array_equal(mine, stock)
    assert not fused


def test_reload():
    config = keras.saving.serialize_keras_object(FusedAdamW(0.1, weight_decay=0.05))
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is FusedAdamW
    assert again.weight_decay == pytest.approx(0.05)
