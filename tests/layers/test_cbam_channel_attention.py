"""CBAM's channel attention against its equation in NumPy."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention


@pytest.fixture
def features():
    return np.random.default_rng(1).normal(size=(2, 3, 5, 24)).astype("float32")


def test_it_is_equation_2(features):
    layer = CBAMChannelAttention(6)
    out = np.asarray(layer(features))
    down, up = (np.asarray(weight) for weight in layer.weights)
    assert down.shape == (24, 4) and up.shape == (4, 24)
    passes = [np.maximum(pooled @ down, 0) @ up for pooled in (features.mean(axis=(1, 2)), features.max(axis=(1, 2)))]
    mask = 1 / (1 + np.exp(-sum(passes)))
    np.testing.assert_allclose(out, features * mask[:, None, None, :], rtol=2e-5, atol=1e-6)


def test_by_hand():
    # Means -1 and -1 give relu(-2) = 0, maxima 1 and 0 give relu(1) = 1: sigmoid((0 + 1) * [.5, -.25]).
    x = np.array([[[[-3.0, -2.0]], [[1.0, 0.0]]]], "float32")
    layer = CBAMChannelAttention(2)
    layer.build(x.shape)
    layer.set_weights([np.array([[1.0], [1.0]]), np.array([[0.5, -0.25]])])
    np.testing.assert_allclose(layer.weigh(x), [[0.62245933, 0.4378235]], rtol=1e-6)


def test_both_descriptors_share_one_mlp():
    layer = CBAMChannelAttention()
    layer.build((None, 7, 7, 2048))
    assert layer.count_params() == 2 * 2048 * 128


def test_a_saved_layer_answers_the_same(features, tmp_path):
    inputs = keras.Input((3, 5, 24))
    model = keras.Model(inputs, CBAMChannelAttention(6, name="channel_attention")(inputs))
    model.save(tmp_path / "layer.keras")
    reloaded = keras.models.load_model(tmp_path / "layer.keras")
    assert reloaded.get_layer("channel_attention").ratio == 6
    np.testing.assert_array_equal(reloaded(features), model(features))
