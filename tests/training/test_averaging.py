"""Weights averaged over the steps: by hand, in every optimizer, in selection, and resumed bit for bit."""

import dataclasses

import keras
import numpy as np
import pytest

from fer_keras.config.recipe import Phase
from fer_keras.config.settings import OPTIMIZERS, Optimizer
from fer_keras.training import optimizers, phases
from fer_keras.training.averaging import averaged_weights
from fer_keras.training.interrupt import Interrupted
from tests.training.test_phases import RECIPE, steps_seen, trainer


def small_model(spec):
    model = keras.Sequential([keras.Input((3, 3, 4)), keras.layers.Conv2D(5, 3), keras.layers.Flatten()])
    model.compile(optimizers.build(spec, epochs=1, steps_per_epoch=10), "mse")
    return model


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_average_is_that_of_the_weights_after_each_step(name):
    model = small_model(Optimizer(name, 0.1, momentum=0.9, ema_momentum=0.75))
    rng = np.random.default_rng(0)
    images, targets = rng.normal(size=(8, 3, 3, 4)).astype("float32"), rng.normal(size=(8, 5)).astype("float32")
    average = None
    for _ in range(3):
        model.fit(images, targets, verbose=0)
        kernel = model.get_weights()[0]
        average = kernel if average is None else 0.75 * average + 0.25 * kernel
    with averaged_weights(model, optimizers.inner(model.optimizer)):
        np.testing.assert_allclose(model.get_weights()[0], average, rtol=1e-5, atol=1e-6)
        assert np.abs(average - kernel).max() > 1e-4
    np.testing.assert_array_equal(model.get_weights()[0], kernel)


def test_the_raw_weights_come_back_whatever_happens():
    model = small_model(Optimizer("adam", 0.1, ema_momentum=0.5))
    for _ in range(2):
        model.fit(np.ones((4, 3, 3, 4), "float32"), np.ones((4, 5), "float32"), verbose=0)
    kernel = model.get_weights()[0]
    with pytest.raises(RuntimeError), averaged_weights(model, optimizers.inner(model.optimizer)):
        assert np.abs(model.get_weights()[0] - kernel).max() > 0
        raise RuntimeError
    np.testing.assert_array_equal(model.get_weights()[0], kernel)


def test_every_group_of_rates_is_averaged():
    spec = Optimizer("adam", 0.1, ema_momentum=0.5, groups=(("net/conv2d", 0.01),))
    layers = [keras.Input((3, 3, 4)), keras.layers.Conv2D(5, 3, name="conv2d"), keras.layers.Dense(2)]
    model = keras.Sequential(layers, name="net")
    model.compile(optimizers.build(spec, 1, 10, [variable.path for variable in model.trainable_variables]), "mse")
    for _ in range(2):
        model.fit(np.ones((4, 3, 3, 4), "float32"), np.ones((4, 1, 1, 2), "float32"), verbose=0)
    raw = model.get_weights()
    with averaged_weights(model, optimizers.inner(model.optimizer)):
        assert all(np.abs(ours - theirs).max() > 0 for ours, theirs in zip(model.get_weights(), raw, strict=True))


AVERAGED = dataclasses.replace(
    RECIPE, keep="last", phases=(Phase("only", 2, Optimizer("adamw", 1e-2, weight_decay=1e-3, ema_momentum=0.9)),)
)


def test_the_averaged_weights_are_evaluated_and_kept_and_training_is_what_it_was(toy, tmp_path, monkeypatch):
    evaluated = []
    real = phases.evaluate

    def evaluate(model, faces):
        evaluated.append(model.get_weights())
        return real(model, faces)

    monkeypatch.setattr(phases, "evaluate", evaluate)
    averaged = trainer(toy, tmp_path / "averaged", AVERAGED).train()
    for ours, theirs in zip(averaged.model.get_weights(), evaluated[-1], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    spec = dataclasses.replace(AVERAGED.phases[0].optimizer, ema_momentum=0.0)
    plain = dataclasses.replace(AVERAGED, phases=(dataclasses.replace(AVERAGED.phases[0], optimizer=spec),))
    raw = trainer(toy, tmp_path / "raw", plain).train()
    assert [row["loss"] for row in averaged.history] == [row["loss"] for row in raw.history]
    assert averaged.history[-1]["select_loss"] != raw.history[-1]["select_loss"]


@pytest.mark.parametrize("stop_after", [3, 8])
def test_stopped_inside_an_epoch_or_at_its_end_it_ends_in_the_same_weights(toy, tmp_path, monkeypatch, stop_after):
    whole = trainer(toy, tmp_path / "whole", AVERAGED).train()
    steps_seen(monkeypatch, stop_after)
    with pytest.raises(Interrupted):
        trainer(toy, tmp_path / "stopped", AVERAGED).train()
    again = trainer(toy, tmp_path / "stopped", AVERAGED).train()
    for ours, theirs in zip(again.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match="Expected an ema_momentum from 0 to below 1"):
        Optimizer("adam", 1e-3, ema_momentum=momentum)
