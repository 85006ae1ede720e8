"""Paper 004's stem: its kernel by hand, and which of the two equals the RGB convolution on tripled grey."""

import keras
import numpy as np
import pytest

from fer_keras.layers.grey_stem import GreyStem


@pytest.fixture(scope="module")
def rgb():
    layer = keras.layers.Conv2D(6, 7, strides=2, name="conv1_conv")
    layer.build((None, 20, 24, 3))
    layer.set_weights([weight + 0.1 for weight in layer.get_weights()])
    return layer


@pytest.fixture(scope="module")
def grey():
    return np.random.default_rng(0).normal(size=(2, 20, 24, 1)).astype("float32")


def answer(rgb, grey, reduce):
    stem = GreyStem(6, 7, strides=2, reduce=reduce)
    stem.build((None, 20, 24, 1))
    kernel, bias = rgb.get_weights()
    stem.set_weights([stem.kernel_of(kernel), bias])
    return np.asarray(stem(grey)), np.asarray(bias)


def test_kernels_by_hand():
    kernel = np.array([1.0, 2.0, 6.0]).reshape(1, 1, 3, 1)
    assert GreyStem(1, 1, reduce="mean").kernel_of(kernel).tolist() == [[[[3.0]]]]
    assert GreyStem(1, 1, reduce="sum").kernel_of(kernel).tolist() == [[[[9.0]]]]


def test_only_the_sum_answers_grey_as_rgb_answers_its_triple(rgb, grey):
    expected = np.asarray(rgb(np.repeat(grey, 3, axis=-1)))
    summed, bias = answer(rgb, grey, "sum")
    averaged, _ = answer(rgb, grey, "mean")
    np.testing.assert_allclose(summed, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(averaged - bias, (expected - bias) / 3, rtol=1e-4, atol=1e-4)
    assert np.abs(averaged - expected).max() > 1


def test_the_printed_mean_is_the_default():
    assert GreyStem(6, 7).reduce == "mean"


def test_another_reduction_is_refused():
    with pytest.raises(ValueError, match="'mean' or 'sum'. Received: 'max'"):
        GreyStem(6, 7, reduce="max")


def test_a_saved_layer_answers_the_same(grey, tmp_path):
    inputs = keras.Input((20, 24, 1))
    model = keras.Model(inputs, GreyStem(6, 7, strides=2, reduce="sum", name="stem")(inputs))
    model.save(tmp_path / "layer.keras")
    reloaded = keras.models.load_model(tmp_path / "layer.keras")
    assert reloaded.get_layer("stem").reduce == "sum"
    np.testing.assert_array_equal(reloaded(grey), model(grey))
