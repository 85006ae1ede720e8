"""Copies with other layers: what stays, what changes, and that the numbers do not."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cpu_kernels import FAST_LAYERS, STOCK_LAYERS, FastConv2D, FastDepthwiseConv2D
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.models.fast_layers import own_names, replaced, with_fast_layers


def network(kinds):
    """A nested network of every kind of quick layer, of the classes in `kinds` (a table like FAST_LAYERS)."""
    convolution, depthwise, norm = (
        kinds.get(kind, kind)
        for kind in (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.BatchNormalization)
    )
    image = keras.Input((8, 8, 3), name="image")
    x = convolution(4, 3, padding="same", dtype="mixed_bfloat16", name="conv")(image)
    x = norm(momentum=0.5, epsilon=1.001e-5, name="bn")(x)
    x = depthwise(3, strides=2, padding="same", name="depthwise")(x)
    inner = keras.Model(image, x + 1.0, name="backbone")
    face = keras.Input((8, 8, 3), name="face")
    return keras.Model(face, SqueezeExcite(2, name="se")(inner(face)), name="outer")


def shaken(model):
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in model.get_weights()])
    return model


IMAGES = np.random.default_rng(1).normal(size=(2, 8, 8, 3)).astype("float32")


@pytest.mark.parametrize(("before", "kinds"), [({}, FAST_LAYERS), (FAST_LAYERS, STOCK_LAYERS)])
def test_replaced_layers_compute_the_same_under_the_same_names(before, kinds):
    model = shaken(network(before))
    copy = replaced(model, kinds)
    inner, other = model.get_layer("backbone"), copy.get_layer("backbone")
    assert [layer.name for layer in other.layers] == [layer.name for layer in inner.layers]
    assert [type(layer) for layer in other.layers] == [kinds.get(type(layer), type(layer)) for layer in inner.layers]
    assert [weight.path for weight in copy.weights] == [weight.path for weight in model.weights]
    assert [layer.dtype_policy.name for layer in other.layers] == [layer.dtype_policy.name for layer in inner.layers]
    assert other.get_layer("bn").momentum == 0.5
    for one, two in zip(copy.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(copy(IMAGES), model(IMAGES), rtol=2e-2)  # bfloat16's rounding


def test_there_and_back_again_is_the_same_config():
    model = shaken(network(FAST_LAYERS))
    again = replaced(replaced(model, STOCK_LAYERS), FAST_LAYERS)
    assert again.get_config() == model.get_config()


def test_a_model_without_such_layers_is_returned_itself():
    model = network({})
    assert replaced(model, STOCK_LAYERS) is model


def test_a_sequential_inside_becomes_its_layers_and_the_models_name_is_dropped():
    image = keras.Input((8, 8, 3))
    inside = [keras.layers.Conv2D(4, 3, name="net_stem_conv"), keras.layers.LayerNormalization(name="net_stem_norm")]
    x = keras.Sequential(inside, name="net_stem")(image)
    x = keras.layers.LayerNormalization()(keras.layers.DepthwiseConv2D(3, name="net_depthwise")(x))
    stock = shaken(keras.Model(image, x, name="net"))
    copy = with_fast_layers(stock)
    names = ["input_layer", "stem_conv", "stem_norm", "depthwise", "layer_normalization"]
    assert [layer.name for layer in copy.layers] == names
    assert [type(layer) for layer in (copy.layers[1], copy.layers[3])] == [FastConv2D, FastDepthwiseConv2D]
    assert copy.weights[0].path == "net/stem_conv/kernel"
    assert list(own_names(stock).values())[1:] == names[1:]
    copy.set_weights(stock.get_weights())
    np.testing.assert_allclose(copy(IMAGES), stock(IMAGES), rtol=1e-5)
