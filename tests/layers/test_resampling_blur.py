"""The blur of a bilinear resampling: its kernel, its reason, nothing in training."""

import keras
import numpy as np

from fer_keras.layers.resampling_blur import SHARE, ResamplingBlur


def test_a_dot_becomes_the_kernel():
    dot = np.zeros((1, 5, 5, 1), "float32")
    dot[0, 2, 2] = 144
    line = np.array([0, 1, 10, 1, 0])
    np.testing.assert_allclose(ResamplingBlur()(dot)[0, ..., 0], np.outer(line, line), rtol=1e-6)


def test_its_variance_is_the_mean_of_all_bilinear_readings():
    places = (np.arange(1000) + 0.5) / 1000
    assert abs(2 * SHARE - np.mean(places * (1 - places))) < 1e-6


def test_the_edge_counts_again_beyond_itself():
    ramp = np.broadcast_to(np.float32([0, 12, 24, 36])[:, None, None], (2, 4, 3, 2))
    wanted = np.broadcast_to(np.float32([1, 12, 24, 35])[:, None, None], ramp.shape)
    np.testing.assert_allclose(ResamplingBlur()(ramp), wanted, rtol=1e-6)


def test_in_training_nothing_changes():
    noise = np.random.default_rng(0).normal(size=(2, 6, 7, 3)).astype("float32")
    np.testing.assert_array_equal(ResamplingBlur()(noise, training=True), noise)


def test_a_saved_layer_answers_the_same(tmp_path):
    noise = np.random.default_rng(1).normal(size=(2, 6, 7, 3)).astype("float32")
    face = keras.Input((6, 7, 3))
    model = keras.Model(face, ResamplingBlur()(face))
    assert model.count_params() == 0
    model.save(tmp_path / "layer.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "layer.keras")(noise), model(noise))
