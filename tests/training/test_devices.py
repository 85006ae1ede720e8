import json

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.training import devices, evaluation
from fer_keras.training.sums import EpochSums
from tests.programs import Program


@pytest.mark.parametrize(
    ("available", "requested", "batch", "count"),
    [
        (1, None, 32, 1),
        (2, None, 32, 2),
        (8, None, 32, 8),
        (3, None, 32, 2),
        (8, None, 20, 5),
        (8, 4, 32, 4),
        (2, 1, 32, 1),
    ],
)
def test_all_devices_that_share_the_batch_evenly_or_those_asked_for(available, requested, batch, count):
    assert devices.even(available, requested, batch) == count


@pytest.mark.parametrize(
    ("requested", "message"),
    [
        (4, "Expected --devices of at most 3, which is what this machine has. Received: 4."),
        (3, "Expected a batch size that 3 devices share evenly. Received: 32. Give --batch-size or --devices."),
    ],
)
def test_devices_that_cannot_be_had_are_one_line(requested, message):
    with pytest.raises(UserError, match=message):
        devices.even(3, requested, 32)


def test_no_devices_are_refused():
    with pytest.raises(UserError, match="Expected --devices of at least 1. Received: 0"):
        devices.prepare(0)


@pytest.mark.parametrize(
    "environment",
    [
        {"TF_CONFIG": json.dumps({"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 0}})},
        {devices.PROCESSES: "2"},
    ],
)
def test_several_machines_under_tensorflow_name_the_way_that_works(monkeypatch, environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(
        UserError, match=r"one process under TensorFlow.* Several machines .*KERAS_BACKEND=jax, KERAS_D"
    ):
        devices.prepare()


def test_a_backend_that_trains_nothing_here_is_one_line(monkeypatch):
    monkeypatch.setattr(devices, "_backend", lambda: "torch")
    with pytest.raises(UserError, match="Expected KERAS_BACKEND tensorflow or jax. Received: torch"):
        devices.prepare()


def test_the_batch_is_that_of_all_devices_and_is_said_to_be():
    assert devices.ALONE.describe(32) == ""
    assert devices.Devices(4).describe(32) == "4 devices, 8 of each batch's 32 rows on each"
    assert "4 devices in 2 processes" in devices.Devices(4, process=1, processes=2).describe(32)
    assert [devices.Devices(4, process, 2).writes for process in (0, 1)] == [True, False]


def test_one_device_needs_no_strategy():
    assert devices.choose(32, 1) is devices.ALONE


def test_batch_norm_is_synchronised_for_several_devices_alone():
    inner = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization(name="bn")], name="inner")
    model = keras.Sequential([keras.Input((2,)), inner, keras.layers.Dense(1)])
    for shared, wanted in ((devices.Devices(2, strategy=object()), True), (devices.ALONE, False)):
        devices.synchronise_batch_norm(model, shared)
        assert inner.get_layer("bn").synchronized is wanted


def test_every_row_is_predicted_once_and_in_order(toy, monkeypatch):
    face = keras.Input((48, 48, 1), dtype="uint8")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1.0)(face))
    model = keras.Model(face, mean)
    few = toy.take(np.arange(131))
    wanted = few.images.mean((1, 2, 3), dtype="float64")
    for replicas in (1, 2, 3):
        monkeypatch.setattr(evaluation, "_replicas", lambda model, replicas=replicas: replicas)
        np.testing.assert_allclose(evaluation.predict(model, few)[:, 0], wanted, rtol=1e-5)


def counted(sums, rows, batch):
    """Train one weight on `rows` rows whose loss is their number, in batches; return the epoch's mean loss."""
    row = keras.Input((1,))
    model = keras.Model(row, keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", trainable=False)(row))
    squares = keras.metrics.MeanSquaredError(name="square")
    model.compile(loss=lambda target, predicted: predicted, metrics=[squares], jit_compile=False)
    model.fit(np.array(rows, "float32")[:, None], np.zeros((len(rows), 1)), batch_size=batch, shuffle=False, verbose=0,
              callbacks=[sums])  # fmt: skip
    return sums.means()["loss"]


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_a_repeated_last_batch_counts_once():
    """1, 2, 3, 4 and then 5 twice: the mean of the five is 3, that of all six would be 10/3."""
    assert counted(EpochSums(), [1, 2, 3, 4, 5, 5], 2) == pytest.approx(20 / 6)
    assert counted(EpochSums(repeated=2), [1, 2, 3, 4, 5, 5], 2) == pytest.approx(3.0)
    assert counted(EpochSums(repeated=2), [6, 6], 2) == pytest.approx(6.0)


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_an_epoch_that_goes_on_means_over_all_its_rows():
    """Rows 1 and 2 were summed before the interruption: total 3 and squares 5, count 2."""
    sums = EpochSums([3.0, 2.0, 5.0, 2.0])
    assert counted(sums, [3, 4], 2) == pytest.approx(10 / 4)
    assert sums.means()["square"] == pytest.approx(30 / 4)


@pytest.mark.slow
def test_two_logical_processors_are_made_when_asked_for_and_only_in_time(tmp_path):
    code = """
from fer_keras.training import devices
devices.prepare(2); devices.prepare(2)
chosen = devices.choose(32, 2)
assert chosen.replicas == chosen.strategy.num_replicas_in_sync == 2
assert devices.choose(32, 2).strategy is chosen.strategy
try:
    devices.prepare(3)
except Exception as error:
    print(error)
"""
    _, printed, said = Program(tmp_path, "-c", code=code, CUDA_VISIBLE_DEVICES="").ended()
    assert printed.strip() == "Expected --devices 3 before TensorFlow has begun. Received: after.", said
