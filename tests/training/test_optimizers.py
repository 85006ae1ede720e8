import keras
import numpy as np
import pytest

from fer_keras.config.settings import OPTIMIZERS, Constant, OneCycle, Optimizer
from fer_keras.training import optimizers


def step(optimizer, value, gradient, times=1):
    variable = keras.Variable(np.array(value, "float32"))
    for _ in range(times):
        optimizer.apply([keras.ops.convert_to_tensor(np.array(gradient, "float32"))], [variable])
    return float(keras.ops.convert_to_numpy(variable))


def test_adam_with_l2_moves_by_its_rate_whatever_the_weight_as_pytorch_does():
    # Adam's first step is lr * sign(g + l2 w); decoupled decay would subtract lr * wd * w more.
    optimizer = optimizers.build(Optimizer("adam", 0.01, l2_in_gradient=0.5), 1, 10)
    assert step(optimizer, 4.0, 0.0) == pytest.approx(3.99, abs=1e-6)


def test_adamw_decays_apart_from_the_gradient():
    optimizer = optimizers.build(Optimizer("adamw", 0.01, weight_decay=0.5), 1, 10)
    assert step(optimizer, 4.0, 0.0) == pytest.approx(4.0 * (1 - 0.01 * 0.5))


def test_sgd_with_momentum_and_l2_by_hand():
    # v1 = g + l2 w = 1 + .1*2 = 1.2, w1 = 2 - .1*1.2 = 1.88; v2 = .9*1.2 + 1 + .188 = 2.268, w2 = 1.6532
    optimizer = optimizers.build(Optimizer("sgd", 0.1, momentum=0.9, l2_in_gradient=0.1), 1, 10)
    assert step(optimizer, 2.0, 1.0, times=2) == pytest.approx(1.6532, abs=1e-6)


def test_sgd_without_momentum_keeps_its_l2():
    optimizer = optimizers.build(Optimizer("sgd", 0.1, l2_in_gradient=0.5), 1, 10)
    assert step(optimizer, 2.0, 0.0) == pytest.approx(1.9)


def test_onecycle_moves_the_momentum_too():
    spec = Optimizer("sgd", 1.0, OneCycle(warmup_fraction=0.5, divide=10.0, momentum=(0.5, 0.25)), momentum=0.5)
    optimizer = optimizers.build(spec, 1, 42)
    # step 0: rate .1, momentum .5: v = 1, w = -.1. step 1 (of 20 up): rate and momentum along the cosine.
    share = 0.5 * (1 - np.cos(np.pi / 20))
    rate, keep = 0.1 + 0.9 * share, 0.5 - 0.25 * share
    assert step(optimizer, 0.0, 1.0, times=2) == pytest.approx(-0.1 - rate * (keep + 1), abs=1e-6)


def two_groups():
    image = keras.Input((3,))
    model = keras.Model(image, keras.layers.Dense(2, name="head")(keras.layers.Dense(4, name="body")(image)))
    spec = Optimizer("adam", 1e-2, Constant(), groups=(("body/", 1e-4),))
    model.compile(optimizers.build(spec, 1, 10, [v.path for v in model.trainable_variables]), "mse")
    return model


def test_a_group_that_matches_no_layer_is_refused():
    spec = Optimizer("adam", 1e-2, groups=(("bakbone/", 1e-4),))
    with pytest.raises(ValueError, match="begins with 'bakbone/'"):
        optimizers.build(spec, 1, 10, ["backbone/conv/kernel"])


def test_groups_get_their_own_rates_because_adam_cancels_gradient_scaling():
    model = two_groups()
    before = [layer.get_weights()[0] for layer in model.layers[1:]]
    model.fit(np.ones((8, 3)), np.ones((8, 2)), epochs=1, verbose=0)
    sizes = [np.abs(layer.get_weights()[0] - old).max() for layer, old in zip(model.layers[1:], before, strict=True)]
    assert sizes == pytest.approx([1e-4, 1e-2], rel=0.01)


def test_a_plateau_scales_every_group_and_keeps_the_ratio():
    model = two_groups()
    model.fit(np.ones((8, 3)), np.ones((8, 2)), epochs=1, verbose=0)
    assert optimizers.current_rate(model.optimizer) == pytest.approx(1e-2)
    optimizers.scale_rate(model.optimizer, 0.5)
    rates = sorted(float(one.learning_rate.numpy()) for one in optimizers.inner(model.optimizer))
    assert rates == pytest.approx([5e-5, 5e-3])


def test_every_name_of_a_recipe_is_built_and_no_other():
    assert set(optimizers.BUILDERS) == set(OPTIMIZERS)


def test_a_name_without_an_implementation_is_an_error(monkeypatch):
    monkeypatch.setattr("fer_keras.config.settings.OPTIMIZERS", ("lion",))
    with pytest.raises(ValueError, match=r"Expected an optimizer in \('adam', .*\). Received: 'lion'"):
        optimizers.build(Optimizer("lion", 0.1), 1, 10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_reloads(name):
    optimizer = optimizers.build(Optimizer(name, 0.1, momentum=0.9, schedule=OneCycle()), 1, 10)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert type(again) is type(optimizer)
    assert step(again, 1.0, 0.5, times=3) == pytest.approx(step(optimizer, 1.0, 0.5, times=3))
