import keras
import numpy as np
import pytest

from fer_keras.config import settings
from fer_keras.training import optimizers
from fer_keras.training.range_test import RangeTest
from fer_keras.training.sweep import sweep

RATES = [1e-3, 1e-2, 1e-1]
BATCH = (np.ones((2, 3), np.float32), np.eye(2, dtype=np.float32), np.ones(2, np.float32))


def model(*groups):
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(4, name="backbone_dense")(inputs)
    outputs = keras.layers.Dense(2, activation="softmax", name="head")(hidden)
    built = keras.Model(inputs, outputs)
    spec = settings.Optimizer("sgd", 1e-2, groups=groups)
    paths = [variable.path for variable in built.trainable_variables]
    built.compile(optimizer=optimizers.build(spec, 1, 3, paths), loss="categorical_crossentropy")
    return built


def rates_of(network):
    return [float(one.learning_rate) for one in optimizers.inner(network.optimizer)]


def test_each_step_runs_at_its_own_rate():
    network, seen = model(), []
    test = RangeTest(RATES)
    sweep(network, [BATCH] * 3, test, lambda step, loss: seen.append((step, *rates_of(network))))
    assert [step for step, _ in seen] == [1, 2, 3]
    np.testing.assert_allclose([rate for _, rate in seen], RATES, rtol=1e-6)
    assert len(test.losses) == 3


def test_groups_rise_together_in_their_proportion():
    network, seen = model(("backbone", 1e-3)), []
    sweep(network, [BATCH] * 3, RangeTest(RATES), lambda step, loss: seen.append(rates_of(network)))
    np.testing.assert_allclose(seen, [[rate / 10, rate] for rate in RATES], rtol=1e-6)


def test_a_loss_is_its_batch_s_alone():
    """The second batch's labels are the other way round: were losses averaged, they would come closer together."""
    network = model()
    other = (BATCH[0], np.array([[1, 0], [1, 0]], np.float32), BATCH[2])
    test = RangeTest([1e-12, 2e-12])
    before = [network.evaluate(*batch[:2], verbose=0) for batch in (BATCH, other)]
    sweep(network, [BATCH, other], test)
    np.testing.assert_allclose(test.losses, before, rtol=1e-5)
    assert before[0] != pytest.approx(before[1], rel=1e-3)


def test_it_stops_where_the_loss_explodes():
    network = model()
    far = (BATCH[0] * 1e3, BATCH[1], BATCH[2])
    test = RangeTest([1e-9, 1e3, 1e3, 1e3, 1e3], keep=0.0)
    sweep(network, [BATCH, far, far, far, far], test)
    assert test.stopped
    assert len(test.losses) < 5


def test_batches_that_run_out_are_an_error():
    with pytest.raises(ValueError, match="Expected 3 batches. Received: 2"):
        sweep(model(), [BATCH] * 2, RangeTest(RATES))
