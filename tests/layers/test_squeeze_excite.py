import keras
import numpy as np

from fer_keras.layers.squeeze_excite import SqueezeExcite

SHAPE = (2, 3, 5, 8)


def draw(seed=0):
    return np.random.default_rng(seed).normal(size=SHAPE).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_equals_the_formula():
    layer = SqueezeExcite(ratio=4)
    layer.build((None, *SHAPE[1:]))
    rng = np.random.default_rng(1)
    w1, b1, w2, b2 = weights = [rng.normal(size=w.shape).astype("float32") for w in layer.weights]
    assert [w.shape for w in weights] == [(8, 2), (2,), (2, 8), (8,)]
    layer.set_weights(weights)
    x = draw()
    z = sigmoid(np.maximum(x.mean(axis=(1, 2)) @ w1 + b1, 0) @ w2 + b2)
    np.testing.assert_allclose(layer(x), x * z[:, None, None, :], rtol=1e-5, atol=1e-6)


def test_parameter_count_at_the_papers_width():
    layer = SqueezeExcite(ratio=16)
    layer.build((None, 7, 7, 2048))
    assert layer.count_params() == 2048 * 128 + 128 + 128 * 2048 + 2048 == 526_464


def test_hidden_layer_has_at_least_one_unit():
    layer = SqueezeExcite(ratio=16)
    layer.build((None, 4, 4, 8))
    assert layer.reduce.units == 1


def test_reload(tmp_path):
    image = keras.Input(SHAPE[1:])
    model = keras.Model(image, SqueezeExcite(ratio=2, name="squeeze_excite")(image))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    assert again.get_layer("squeeze_excite").ratio == 2
    np.testing.assert_array_equal(again(draw()), model(draw()))


def test_mixed_precision_computes_in_bfloat16_and_keeps_float32_weights():
    layer = SqueezeExcite(ratio=2, dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(layer(draw()).dtype) == "bfloat16"
    assert {v.dtype for v in layer.variables} == {"float32"}


def test_the_weights_are_what_the_output_is_scaled_by():
    layer, features = SqueezeExcite(2), np.random.default_rng(0).normal(size=(2, 3, 3, 4)).astype("float32")
    scaled = layer(features)
    np.testing.assert_allclose(scaled, features * np.asarray(layer.weigh(features))[:, None, None], rtol=1e-5)
