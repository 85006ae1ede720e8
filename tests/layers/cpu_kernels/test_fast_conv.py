"""The quick layer against Keras's own, number by number."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cpu_kernels import fast_conv
from fer_keras.layers.cpu_kernels.fast_conv import FastConv2D
from tests.layers.twins import draw, passes, twins

CHANNELS = 3
KERNEL_GRADIENT = 2
"""Its place in what `passes` returns."""
TAKEN = [
    ((2, 2), {"kernel_size": 3}),
    ((3, 3), {"kernel_size": 3}),
    ((6, 5), {"kernel_size": 3, "strides": 2}),
    ((8, 8), {"kernel_size": 3, "strides": 3, "padding": "valid"}),
    ((1, 3), {"kernel_size": (5, 2)}),
    ((7, 7), {"kernel_size": 3, "filters": 512}),
    ((9, 8), {"kernel_size": 1}),
    ((4, 3), {"kernel_size": 1, "strides": 2}),
]
PARENTS = [
    ((4, 3), {"kernel_size": 3}),
    ((8, 7), {"kernel_size": 3, "filters": 512}),
    ((6, 5), {"kernel_size": 1, "strides": 2}),
    ((2, 2), {"kernel_size": 3, "dilation_rate": 2}),
    ((2, 2), {"kernel_size": 3, "groups": 3, "filters": 6}),
    ((2, 2), {"kernel_size": 3, "dtype": "float64"}),
]


def pair(side, **arguments):
    arguments = {"filters": 4, "padding": "same", **arguments}
    return twins(keras.layers.Conv2D, FastConv2D, (*side, CHANNELS), **arguments)


@pytest.fixture
def taken(monkeypatch):
    """A list that grows each time the quick way is taken."""
    calls, convolve = [], fast_conv._convolve
    monkeypatch.setattr(fast_conv, "_convolve", lambda *given: calls.append(1) or convolve(*given))
    return calls


def test_hand_worked():
    import tensorflow as tf

    x, upstream = (tf.reshape(tf.constant(values, "float32"), (1, 1, 2, 1)) for values in ([2, 3], [5, 7]))
    # The middle tap meets (2, 5) and (3, 7), the left one the input 2 for the output 7, the right one 3 for 5.
    gradient = fast_conv._kernel_gradient(x, upstream, (1, 3, 1, 1), [1, 1, 1, 1], "SAME")
    np.testing.assert_array_equal(np.ravel(gradient), [2 * 7, 2 * 5 + 3 * 7, 3 * 5])


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("side", "arguments"), TAKEN)
def test_output_and_gradients_equal_stock(side, arguments, compiled, taken):
    stock, quick = pair(side, **arguments)
    x = draw(5, *side, CHANNELS)
    for ours, theirs in zip(passes(quick, x, compiled), passes(stock, x, compiled), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    assert taken


@pytest.mark.parametrize(("side", "arguments"), TAKEN)
def test_bfloat16_is_the_exact_kernel_gradient_and_else_stock_but_for_rounding(side, arguments, taken):
    """TensorFlow's own gradient is no measure: without AVX512-BF16 it sums in bfloat16, and is off by up to 3 %."""
    (stock, quick), (exact, _) = pair(side, dtype="mixed_bfloat16", **arguments), pair(side, **arguments)
    x = np.asarray(keras.ops.cast(draw(5, *side, CHANNELS), "bfloat16"), "float32")
    ours, theirs = passes(quick, x), passes(stock, x)
    theirs[KERNEL_GRADIENT] = passes(exact, x)[KERNEL_GRADIENT]
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(found, expected, rtol=2**-7, atol=2**-7 * np.abs(expected).max())
    assert taken


def test_no_bias_and_an_activation(taken):
    stock, quick = pair((2, 2), kernel_size=3, use_bias=False, activation="relu")
    x = draw(3, 2, 2, CHANNELS)
    for ours, theirs in zip(passes(quick, x), passes(stock, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    assert taken


@pytest.mark.parametrize(("side", "arguments"), PARENTS)
def test_everything_else_is_the_parents(side, arguments, taken):
    stock, quick = pair(side, **arguments)
    x = draw(2, *side, CHANNELS)
    for ours, theirs in zip(passes(quick, x), passes(stock, x), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not taken


def test_prediction_and_a_frozen_layer_are_the_parents(taken):
    _, quick = pair((2, 2), kernel_size=3)
    quick(draw(2, 2, 2, CHANNELS), training=False)
    quick.trainable = False
    quick(draw(2, 2, 2, CHANNELS), training=True)
    assert not taken


def test_reload(tmp_path):
    face = keras.Input((3, 3, CHANNELS))
    model = keras.Model(face, FastConv2D(4, 3, padding="same")(face))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again.layers[1]) is FastConv2D
    np.testing.assert_array_equal(again(draw(2, 3, 3, CHANNELS)), model(draw(2, 3, 3, CHANNELS)))
