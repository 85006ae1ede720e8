"""Paper 000's channel attention: its formula in NumPy, and that it is not CBAM's."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.sum_channel_attention import SumChannelAttention


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(2, 3, 5, 32)).astype("float32")


def test_it_is_the_papers_formula(features):
    layer = SumChannelAttention(8)
    out = np.asarray(layer(features))
    down, up = (np.asarray(weight) for weight in layer.weights)
    assert down.shape == (32, 4) and up.shape == (4, 32)
    pooled = features.mean(axis=(1, 2)) + features.max(axis=(1, 2))
    mask = 1 / (1 + np.exp(-np.maximum(pooled @ down, 0) @ up))
    np.testing.assert_allclose(out, features * mask[:, None, None, :], rtol=2e-5, atol=1e-6)


def test_by_hand():
    # Channel means 2 and -1, maxima 3 and 0: the sum is (5, -1); one hidden unit 5 - 1 = 4; sigmoid(4 * [.5, -.25]).
    x = np.array([[[[1.0, 0.0]], [[3.0, -2.0]]]], "float32")
    layer = SumChannelAttention(2)
    layer.build(x.shape)
    layer.set_weights([np.array([[1.0], [1.0]]), np.array([[0.5, -0.25]])])
    np.testing.assert_allclose(layer.weigh(x), [[0.8807971, 0.2689414]], rtol=1e-6)


def test_where_cbam_would_open_by_hand():
    # Means -1 and -1, maxima 1 and 0: the sum is (0, -1), relu(-1) = 0, so every channel gets sigmoid(0).
    x = np.array([[[[-3.0, -2.0]], [[1.0, 0.0]]]], "float32")
    layer = SumChannelAttention(2)
    layer.build(x.shape)
    layer.set_weights([np.array([[1.0], [1.0]]), np.array([[0.5, -0.25]])])
    np.testing.assert_allclose(layer.weigh(x), [[0.5, 0.5]], rtol=1e-6)


def test_the_same_weights_give_another_mask_than_cbam(features):
    ours, cbam = SumChannelAttention(8), CBAMChannelAttention(8)
    ours.build(features.shape)
    cbam.build(features.shape)
    drawn = np.random.default_rng(0)
    weights = [drawn.normal(size=weight.shape) for weight in ours.weights]
    ours.set_weights(weights)
    cbam.set_weights(weights)
    assert np.abs(np.asarray(ours(features)) - np.asarray(cbam(features))).max() > 0.01


def test_sixteen_is_the_papers_reduction_and_one_unit_the_least():
    layer = SumChannelAttention()
    layer.build((None, 7, 7, 512))
    assert layer.count_params() == 2 * 512 * 32
    small = SumChannelAttention()
    small.build((None, 7, 7, 4))
    assert small.count_params() == 2 * 4


def test_a_saved_layer_answers_the_same(features, tmp_path):
    inputs = keras.Input((3, 5, 32))
    model = keras.Model(inputs, SumChannelAttention(8, name="channel_attention")(inputs))
    model.save(tmp_path / "layer.keras")
    reloaded = keras.models.load_model(tmp_path / "layer.keras")
    assert reloaded.get_layer("channel_attention").ratio == 8
    np.testing.assert_array_equal(reloaded(features), model(features))
