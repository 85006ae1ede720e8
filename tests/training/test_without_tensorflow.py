"""On JAX, where TensorFlow is not installed, a training is what it is with tf.data under TensorFlow."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from fer_keras.training.lessons import Lessons
from tests.training import small_run

PROGRAM = pathlib.Path(small_run.__file__)


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    env = os.environ | {
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "PYTHONPATH": str(PROGRAM.parents[2]),
    }
    words = [sys.executable, str(PROGRAM), str(tmp_path_factory.mktemp("jax"))]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_tensorflow_is_not_loaded(on_jax):
    assert on_jax["tensorflow"] is False


def test_teachers_asked_at_every_step_say_their_mean_softened(on_jax):
    assert on_jax["asked"] < 1e-6


def test_a_run_that_was_stopped_within_an_epoch_ends_in_the_same_numbers(on_jax):
    assert on_jax["resumed"] == on_jax["plain"]


@pytest.mark.parametrize("kind", ["plain", "taught"])
def test_losses_and_weights_are_those_of_tensorflow(on_jax, kind, tmp_path):
    """A teacher asked at every step, which says the same of every image, teaches what stored probabilities teach."""
    on_tensorflow = small_run.train(tmp_path, taught=kind == "taught")
    assert on_jax[kind]["history"] == pytest.approx(on_tensorflow["history"], rel=1e-4)
    assert on_jax[kind]["weights"] == pytest.approx(on_tensorflow["weights"], rel=1e-4)


def test_under_tensorflow_too_a_teacher_asked_at_every_step_teaches_what_stored_probabilities_teach(tmp_path):
    import tensorflow as tf

    said = tf.constant(small_run.TEACHER, tf.float32)
    lessons = Lessons([], lambda _, images: tf.tile(said[None], (tf.shape(images)[0], 1)), 0.8)
    asked, stored = (small_run.train(tmp_path / str(bool(given)), True, given) for given in (lessons, None))
    assert asked == {key: pytest.approx(value, rel=1e-5) for key, value in stored.items()}
