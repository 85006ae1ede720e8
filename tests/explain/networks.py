"""Networks whose attention and gradients are known beforehand."""

import keras
import numpy as np

from fer_keras.layers import SelfAttentionBlock, SpatialAttention, SqueezeExcite

SIDE = 4


def face(*bright):
    """Return uint8 [4, 4, 1]: black, with 255 at the places (row, column)."""
    pixels = np.zeros((SIDE, SIDE, 1), np.uint8)
    for row, column in bright:
        pixels[row, column] = 255
    return pixels


def image():
    """Return (input, pixels from 0 to 1) of a network."""
    given = keras.Input((SIDE, SIDE, 1), dtype="uint8", name="face")
    return given, keras.layers.Rescaling(1 / 255, name="unit")(given)


def closed(given, features, name="planted"):
    """Return the network that gives class 0 the mean of the first channel as logit, class 1 minus it."""
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(features)
    logits = keras.layers.Dense(2, use_bias=False, name="logits")(pooled)
    network = keras.Model(given, keras.layers.Activation("softmax", name="probabilities")(logits), name=name)
    weights = np.zeros((features.shape[-1], 2), np.float32)
    weights[0] = 1, -1
    network.get_layer("logits").set_weights([weights])
    return network


def reading():
    """Return a network without attention: its last feature map is the image."""
    given, x = image()
    return closed(given, x)


def masked():
    """Return a network whose spatial attention is sigmoid(2 * pixel - 1), after squeeze-and-excitation of one half."""
    given, x = image()
    x = SqueezeExcite(1, name="squeeze_excite")(x)
    x = SpatialAttention(1, name="spatial_attention")(x)
    network = closed(given, x)
    network.get_layer("squeeze_excite").set_weights([np.zeros((1, 1)), np.zeros(1), np.zeros((1, 1)), np.zeros(1)])
    kernel = np.array([3.0, 1.0], np.float32).reshape(1, 1, 2, 1)  # halved pixel: 3 * x / 2 + x / 2 = 2 * x
    network.get_layer("spatial_attention").set_weights([kernel, np.array([-1.0])])
    return network


def attending(strength):
    """Return a network of tokens (1, pixel); each attends to key `strength` * pixel, so that bright ones win."""
    given, x = image()
    ones = keras.layers.Rescaling(0.0, offset=1.0, name="ones")(x)
    x = keras.layers.Concatenate(name="features")([ones, x])
    tokens = keras.layers.Reshape((-1, 2), name="tokens")(x)
    tokens = SelfAttentionBlock(2, 1, name="self_attention")(tokens)
    back = keras.layers.Reshape((SIDE, SIDE, 2), name="back")(tokens)
    network = closed(given, back)
    query, key = np.zeros((2, 1, 2)), np.zeros((2, 1, 2))
    query[0, 0, 0], key[1, 0, 0] = 1, strength * 2**0.5  # scores are divided by sqrt(2)
    block = network.get_layer("self_attention")
    weights = [query, key, *(weight.numpy() for weight in block.weights[2:])]
    block.set_weights(weights)
    return network


def nested():
    """Return `masked` as the backbone inside another network."""
    inner_input = keras.Input((SIDE, SIDE, 1), name="pixels")
    inner = keras.Model(inner_input, SpatialAttention(1, name="inside")(inner_input), name="backbone")
    inner.get_layer("inside").set_weights([np.array([1.0, 1.0]).reshape(1, 1, 2, 1), np.array([-1.0])])
    given, x = image()
    return closed(given, inner(x))
