"""The sum over taps is the depthwise convolution, with its gradients, whatever the stride and the padding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.layers.depthwise_taps import depthwise


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("taps", [3, 5])
def test_values_and_gradients_are_those_of_tensorflow(taps, stride, padding):
    rng = np.random.default_rng(3)
    x, kernel = rng.normal(size=(2, 13, 12, 6)).astype("float32"), rng.normal(size=(taps, taps, 6, 1)).astype("float32")
    with tf.GradientTape() as tape:
        inputs, weights = tf.Variable(x), tf.Variable(kernel)
        theirs = tf.nn.depthwise_conv2d(inputs, weights, [1, stride, stride, 1], padding.upper())
        loss = tf.reduce_sum(tf.sin(theirs))
    expected = tape.gradient(loss, [inputs, weights])

    def of_ours(x, kernel):
        result = depthwise(x, kernel, (stride, stride), padding)
        return jnp.sin(result).sum(), result

    (_, ours), gradients = jax.jit(jax.value_and_grad(of_ours, argnums=(0, 1), has_aux=True))(x, kernel)

    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_bfloat16_is_summed_in_float32():
    x = jnp.full((1, 3, 3, 1), 1.0, jnp.bfloat16)
    kernel = jnp.full((3, 3, 1, 1), 1.0, jnp.bfloat16).at[0, 0].set(256.0)
    result = depthwise(x, kernel, (1, 1), "valid")
    assert result.dtype == jnp.bfloat16 and float(result[0, 0, 0, 0]) == 264.0  # 256 + 1 is 256 in bfloat16
