"""The quick layer against Keras's own, number by number."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cpu_kernels import fast_depthwise
from fer_keras.layers.cpu_kernels.fast_depthwise import FastDepthwiseConv2D
from tests.layers.twins import draw, passes, twins

SPANNED = [((3, 3), 5), ((2, 2), 5), ((1, 1), 5), ((2, 2), 3), ((1, 2), 3), ((2, 3), (4, 6)), ((1, 1), 1)]
PARENTS = [
    ((4, 3), {"kernel_size": 5}),
    ((3, 3), {"kernel_size": 3}),
    ((3, 3), {"kernel_size": 5, "strides": 2}),
    ((6, 6), {"kernel_size": 5, "padding": "valid"}),
    ((3, 3), {"kernel_size": 5, "depth_multiplier": 2}),
    ((3, 3), {"kernel_size": 5, "dilation_rate": 2}),
    ((3, 3), {"kernel_size": 5, "dtype": "float64"}),
]


def pair(side, **arguments):
    arguments = {"padding": "same", **arguments}
    return twins(keras.layers.DepthwiseConv2D, FastDepthwiseConv2D, (*side, 4), **arguments)


@pytest.fixture
def taken(monkeypatch):
    """A list that grows each time the quick way is taken."""
    calls, convolve = [], fast_depthwise._convolve
    monkeypatch.setattr(fast_depthwise, "_convolve", lambda *given: calls.append(1) or convolve(*given))
    return calls


def test_hand_worked():
    import tensorflow as tf

    x, upstream = (tf.reshape(tf.constant(values, "float32"), (1, 1, 2, 1)) for values in ([2, 3], [5, 7]))
    # The middle tap meets (2, 5) and (3, 7), the left one the input 2 for the output 7, the right one 3 for 5.
    gradient = fast_depthwise._kernel_gradient(x, upstream, (1, 3, 1, 1))
    np.testing.assert_array_equal(np.ravel(gradient), [2 * 7, 2 * 5 + 3 * 7, 3 * 5])


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("side", "kernel"), SPANNED)
def test_output_and_gradients_equal_stock(side, kernel, compiled, taken):
    stock, quick = pair(side, kernel_size=kernel)
    x = draw(5, *side, 4)
    for ours, theirs in zip(passes(quick, x, compiled), passes(stock, x, compiled), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    assert taken


def test_no_bias_and_an_activation(taken):
    stock, quick = pair((2, 2), kernel_size=3, use_bias=False, activation="relu")
    x = draw(3, 2, 2, 4)
    for ours, theirs in zip(passes(quick, x), passes(stock, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    assert taken


@pytest.mark.parametrize(("side", "arguments"), PARENTS)
def test_everything_else_is_the_parents(side, arguments, taken):
    stock, quick = pair(side, **arguments)
    x = draw(2, *side, 4)
    for ours, theirs in zip(passes(quick, x), passes(stock, x), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not taken


@pytest.mark.parametrize(("side", "arguments"), [((3, 3), {"kernel_size": 5}), *PARENTS[:-1]])
def test_in_bfloat16_it_is_the_parent_in_float32_rounded(side, arguments):
    stock, _ = pair(side, **arguments)
    _, quick = pair(side, dtype="mixed_bfloat16", **arguments)
    kernel = np.asarray(keras.ops.cast(stock.kernel, "bfloat16").numpy(), "float32")
    stock.set_weights([kernel, *stock.get_weights()[1:]])
    x = np.asarray(keras.ops.cast(draw(2, *side, 4), "bfloat16").numpy(), "float32")
    for ours, theirs in zip(passes(quick, x), passes(stock, x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2**-6, atol=2**-6 * np.abs(theirs).max())


def test_in_bfloat16_no_gradient_of_a_depthwise_convolution_is_left_in_it():
    import tensorflow as tf

    _, quick = pair((6, 6), kernel_size=5, strides=2, dtype="mixed_bfloat16")
    x = tf.zeros((2, 6, 6, 4), tf.bfloat16)

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = quick(x, training=True)
        return tape.gradient(out, [x, quick.kernel.value])

    found = [op for op in gradients.get_concrete_function().graph.get_operations() if "Backprop" in op.type]
    assert len(found) == 2
    assert {op.outputs[0].dtype for op in found} == {tf.float32}


def test_prediction_and_a_frozen_layer_are_the_parents(taken):
    _, quick = pair((3, 3), kernel_size=5)
    quick(draw(2, 3, 3, 4), training=False)
    quick.trainable = False
    quick(draw(2, 3, 3, 4), training=True)
    assert not taken


def test_reload(tmp_path):
    face = keras.Input((3, 3, 4))
    model = keras.Model(face, FastDepthwiseConv2D(5, padding="same")(face))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again.layers[1]) is FastDepthwiseConv2D
    np.testing.assert_array_equal(again(draw(2, 3, 3, 4)), model(draw(2, 3, 3, 4)))
