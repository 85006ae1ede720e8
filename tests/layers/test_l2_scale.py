"""Paper 004's normalisation: unit length at first, gamma and beta trainable, zero vectors safe."""

import keras
import numpy as np

from fer_keras.layers.l2_scale import L2Scale


def test_a_fresh_layer_gives_unit_vectors():
    layer = L2Scale()
    out = np.asarray(layer(np.array([[3.0, 4.0, 0.0], [0.0, 0.0, -0.5]], "float32")))
    np.testing.assert_allclose(out, [[0.6, 0.8, 0.0], [0.0, 0.0, -1.0]], rtol=1e-6)
    assert [weight.name for weight in layer.trainable_weights] == ["gamma", "beta"]
    assert layer.count_params() == 6


def test_gamma_scales_and_beta_shifts():
    layer = L2Scale()
    layer.build((None, 2))
    layer.set_weights([np.array([10.0, -5.0]), np.array([1.0, 2.0])])
    np.testing.assert_allclose(layer(np.array([[3.0, 4.0]], "float32")), [[7.0, -2.0]], rtol=1e-6)


def test_the_length_of_the_input_does_not_matter():
    vector = np.random.default_rng(0).normal(size=(4, 7)).astype("float32")
    layer = L2Scale()
    np.testing.assert_allclose(layer(vector * 1e4), layer(vector), rtol=1e-5)


def test_a_zero_vector_stays_finite_with_finite_gradient():
    import tensorflow as tf

    layer, zero = L2Scale(), tf.zeros((1, 3))
    with tf.GradientTape() as tape:
        tape.watch(zero)
        out = layer(zero)
    np.testing.assert_array_equal(out, np.zeros((1, 3)))
    assert np.isfinite(tape.gradient(out, zero)).all()


def test_in_bfloat16_the_length_is_still_summed_in_float32():
    layer = L2Scale(dtype="mixed_bfloat16")
    out = layer(np.full((1, 4096), 0.1, "float32"))
    assert keras.backend.standardize_dtype(out.dtype) == "bfloat16"
    np.testing.assert_allclose(np.asarray(keras.ops.cast(out, "float32")), 1 / 64, rtol=0.004)


def test_a_saved_layer_answers_the_same(tmp_path):
    vector = np.random.default_rng(1).normal(size=(3, 5)).astype("float32")
    inputs = keras.Input((5,))
    model = keras.Model(inputs, L2Scale(name="scale")(inputs))
    model.get_layer("scale").set_weights([np.arange(5.0), np.ones(5)])
    model.save(tmp_path / "layer.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "layer.keras")(vector), model(vector))
