"""The fused layer against Keras's own, number by number."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cpu_kernels.fused_batch_norm import FusedBatchNormalization

SHAPE = (5, 3, 2, 4)


def draw(shape=SHAPE, seed=0):
    return np.random.default_rng(seed).normal(2.0, 3.0, shape).astype("float32")


def pair(shape=SHAPE, **arguments):
    """Stock and fused layers with the same, unequal weights."""
    stock, fused = keras.layers.BatchNormalization(**arguments), FusedBatchNormalization(**arguments)
    for layer in (stock, fused):
        layer.build((None, *shape[1:]))
    weights = [np.linspace(0.5, 2.0, int(np.prod(w.shape)), dtype="float32").reshape(w.shape) for w in stock.weights]
    stock.set_weights(weights)
    fused.set_weights(weights)
    return stock, fused


def gradients(layer, x, training):
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(
            layer(x, training=training) * tf.reshape(tf.range(tf.size(x), dtype="float32"), tf.shape(x))
        )
    return [g.numpy() for g in tape.gradient(loss, [x, *(v.value for v in layer.trainable_variables)])]


def test_hand_worked():
    layer = FusedBatchNormalization(momentum=0.75, epsilon=1.001e-5)
    x = np.array([1.0, 3.0, 5.0, 7.0], "float32").reshape(2, 2, 1, 1)
    y = keras.ops.convert_to_numpy(layer(x, training=True)).ravel()
    np.testing.assert_allclose(y, np.array([-3.0, -1.0, 1.0, 3.0]) / np.sqrt(5), rtol=1e-5)
    np.testing.assert_allclose(layer.moving_mean, [0.25 * 4.0], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, [0.75 * 1.0 + 0.25 * 5.0], rtol=1e-6)


@pytest.mark.parametrize("arguments", [{}, {"scale": False}, {"center": False}, {"momentum": 0.9, "epsilon": 0.01}])
@pytest.mark.parametrize("training", [True, False])
def test_output_and_moving_statistics_equal_stock(arguments, training):
    stock, fused = pair(**arguments)
    for seed in range(3):
        x = draw(seed=seed)
        np.testing.assert_allclose(fused(x, training=training), stock(x, training=training), rtol=1e-4, atol=1e-4)
    for ours, theirs in zip(fused.get_weights(), stock.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_gradients_equal_stock(training):
    stock, fused = pair()
    for ours, theirs in zip(gradients(fused, draw(), training), gradients(stock, draw(), training), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_one_value_a_channel_has_no_variance():
    stock, fused = pair(shape=(1, 1, 1, 4))
    x = draw((1, 1, 1, 4))
    np.testing.assert_allclose(fused(x, training=True), stock(x, training=True), atol=1e-3)
    np.testing.assert_allclose(fused.moving_variance, stock.moving_variance, rtol=1e-6)


def test_frozen_layer_uses_and_keeps_the_moving_statistics():
    stock, fused = pair()
    stock.trainable = fused.trainable = False
    before = fused.get_weights()
    np.testing.assert_allclose(fused(draw(), training=True), stock(draw(), training=False), rtol=1e-5, atol=1e-5)
    for now, then in zip(fused.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("shape", "arguments"),
    [((6, 4), {}), ((5, 3, 4), {}), (SHAPE, {"axis": 1}), (SHAPE, {"renorm": True}), (SHAPE, {"epsilon": 1e-6})],
)
def test_what_the_kernel_cannot_do_is_left_to_keras(shape, arguments):
    stock, fused = pair(shape, **arguments)
    np.testing.assert_array_equal(fused(draw(shape), training=True), stock(draw(shape), training=True))


def test_only_the_statistics_of_several_devices_are_left_to_keras():
    stock, fused = pair(synchronized=True)
    np.testing.assert_array_equal(fused(draw(), training=True), stock(draw(), training=True))
    assert fused._fits_kernel(keras.ops.convert_to_tensor(draw()))
    np.testing.assert_allclose(fused(draw(), training=False), stock(draw(), training=False), rtol=1e-5, atol=1e-5)


def test_mask_is_left_to_keras():
    stock, fused = pair()
    mask = np.arange(30).reshape(SHAPE[:3]) % 4 > 0
    np.testing.assert_array_equal(fused(draw(), training=True, mask=mask), stock(draw(), training=True, mask=mask))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_keeps_statistics_in_float32(policy):
    shape = (16, 6, 5, 4)
    stock, fused = pair(shape, dtype=policy, momentum=0.5)
    x = draw(shape)
    ours, theirs = (keras.ops.convert_to_numpy(keras.ops.cast(y(x, training=True), "float32")) for y in (fused, stock))
    assert keras.backend.standardize_dtype(fused(x, training=True).dtype) == policy.removeprefix("mixed_")
    assert {keras.backend.standardize_dtype(v.dtype) for v in fused.variables} == {"float32"}
    np.testing.assert_allclose(ours, theirs, atol=0.05)
    stock(x, training=True)
    np.testing.assert_allclose(fused.moving_variance, stock.moving_variance, rtol=1e-2)


def test_training_and_reload(tmp_path):
    face = keras.Input((6, 5, 3), name="face")
    x = keras.layers.Conv2D(4, 3, name="conv")(face)
    x = FusedBatchNormalization(momentum=0.5, name="bn")(x)
    model = keras.Model(face, keras.layers.GlobalAveragePooling2D(name="pool")(x))
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(draw((8, 6, 5, 3)), draw((8, 4), seed=1), batch_size=4, verbose=0)
    assert not np.allclose(model.get_layer("bn").moving_mean, 0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert type(again.get_layer("bn")) is FusedBatchNormalization
    np.testing.assert_array_equal(again(draw((2, 6, 5, 3))), model(draw((2, 6, 5, 3))))


def test_config_is_the_parents():
    arguments = {"momentum": 0.9, "epsilon": 0.01, "scale": False, "name": "bn"}
    assert (
        FusedBatchNormalization(**arguments).get_config() == keras.layers.BatchNormalization(**arguments).get_config()
    )
