"""Teachers that see each face as the student does, asked at every step under TensorFlow."""

import dataclasses

import keras
import numpy as np
import pytest

from fer_keras.config.recipe import Data, Phase
from fer_keras.config.settings import Optimizer
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.runs import directory, lessons, teacher
from fer_keras.runs.record import read_facts
from fer_keras.training.devices import Devices
from fer_keras.training.evaluation import predict
from tests.distilled import STUDENT, TAUGHT, interrupt, train

pytestmark = pytest.mark.slow

DATA = dataclasses.replace(TAUGHT, teacher_view="augmented")
LESSONS = dataclasses.replace(STUDENT, data=DATA)


@pytest.fixture(scope="module")
def runs(toy, tmp_path_factory):
    """Two teachers, which differ in their seed, and the student of both."""
    folder = tmp_path_factory.mktemp("runs")
    first, second = (train(toy, folder / f"tiny-seed{seed}", seed=seed) for seed in (0, 1))
    return first, second, train(toy, folder / "student", LESSONS, teachers=(first, second))


@pytest.fixture(scope="module")
def teachers(runs):
    return teacher.chosen(LESSONS, LESSONS, runs[:2], demo=False)[0]


def weights(folder):
    return saved.load(folder / directory.MODEL).get_weights()


def test_several_devices_are_refused():
    lessons.require(DATA, Devices())
    with pytest.raises(UserError, match="Expected one device for teachers that see augmented faces. Received: 2."):
        lessons.require(DATA, Devices(replicas=2))


def test_they_say_their_mean_softened(runs, teachers, toy):
    lesson, faces = lessons.of(teachers, DATA), toy.take(np.arange(9))
    powers = np.sqrt(np.mean([predict(saved.load(run / directory.MODEL), faces) for run in runs[:2]], axis=0))
    said = lesson.teach(lesson.weights, faces.images)
    np.testing.assert_allclose(said, powers / powers.sum(axis=1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize(("policy", "wanted"), [("float32", "float32"), ("mixed_bfloat16", "mixed_bfloat16")])
def test_a_file_in_bfloat16_is_asked_in_the_precision_of_the_training(policy, wanted):
    before = keras.mixed_precision.dtype_policy()
    try:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        keras.mixed_precision.set_dtype_policy(policy)
        assert lessons._in_training_precision(model).layers[-1].dtype_policy.name == wanted
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def test_what_they_say_counts(toy, runs, tmp_path):
    """The student is another network than the one that learns from labels alone, and than the one told beforehand."""
    alone = train(toy, tmp_path / "alone", dataclasses.replace(LESSONS, data=Data()))
    told = train(toy, tmp_path / "told", STUDENT, teachers=runs[:2])
    for other in (alone, told):
        assert any(np.abs(a - b).max() > 1e-5 for a, b in zip(weights(runs[2]), weights(other), strict=True))


def test_a_phase_with_other_data_goes_without_them(toy, runs, tmp_path):
    """Its first epoch has the loss that it has in a run whose teachers say nothing in that phase: that of the labels."""
    plain = Phase("after", 1, Optimizer("sgd", 1e-12), data=Data())
    recipe = dataclasses.replace(LESSONS, phases=(Phase("train", 1, Optimizer("sgd", 1e-12)), plain), mixup=0.0)
    taught = read_facts(train(toy, tmp_path / "taught", recipe, teachers=runs[:2]))["history"]
    labels = read_facts(train(toy, tmp_path / "labels", dataclasses.replace(recipe, data=Data())))["history"]
    assert taught[0]["loss"] != pytest.approx(labels[0]["loss"], rel=3e-4)
    assert taught[1]["loss"] == pytest.approx(labels[1]["loss"], rel=1e-5)


@pytest.mark.parametrize("stop_after", [2, 7])
def test_stopped_and_resumed_it_ends_in_the_same_bits(toy, runs, tmp_path, monkeypatch, stop_after):
    interrupt(monkeypatch, stop_after)
    with pytest.raises(KeyboardInterrupt):
        train(toy, tmp_path, LESSONS, teachers=runs[:2])
    train(toy, tmp_path, LESSONS, teachers=runs[:2])
    for ours, theirs in zip(weights(tmp_path), weights(runs[2]), strict=True):
        np.testing.assert_array_equal(ours, theirs)
