"""Stock layers and quick ones of the same weights, and what passes through them."""

import numpy as np


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def twins(stock_class, quick_class, shape, **arguments):
    """Return a layer of each class, built for (B, *shape), with equal weights."""
    stock, quick = stock_class(**arguments), quick_class(**arguments)
    for layer in (stock, quick):
        layer.build((None, *shape))
    weights = [draw(*weight.shape, seed=1) for weight in stock.weights]
    stock.set_weights(weights)
    quick.set_weights(weights)
    return stock, quick


def passes(layer, x, compiled=False):
    """Return the output and the gradients of input and weights, of a loss that weighs the outputs differently."""
    import tensorflow as tf

    def both(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = layer(x, training=True)
            weight = tf.reshape(tf.cast(tf.range(tf.size(out)) % 7 - 3, out.dtype), tf.shape(out))
            loss = tf.reduce_sum(out * weight)
        return out, tape.gradient(loss, [x, *(v.value for v in layer.trainable_variables)])

    out, gradients = (tf.function(both) if compiled else both)(tf.cast(x, layer.compute_dtype))
    return [np.asarray(found, "float64") for found in (out, *gradients)]
