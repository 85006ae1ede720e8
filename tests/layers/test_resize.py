import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.layers.resize import Resize

IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 6, 6, 3)).astype("float32")


@pytest.mark.parametrize(("size", "antialias"), [(15, False), (4, False), (4, True)])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_equals_tensorflow(size, antialias, interpolation):
    expected = tf.image.resize(IMAGES, (size, size), interpolation, antialias=antialias)
    np.testing.assert_allclose(Resize(size, interpolation, antialias)(IMAGES), expected, rtol=1e-5, atol=1e-3)


def test_bicubic_overshoots_at_an_edge():
    edge = np.repeat([0.0, 0.0, 0.0, 255.0, 255.0, 255.0], 6).reshape(1, 6, 6, 1).astype("float32")
    larger = np.asarray(Resize(24)(edge))
    assert larger.min() < -5 and larger.max() > 260


def test_later_layers_stay_in_inference_mode():
    """What keras.layers.Resizing gets wrong: a model called without `training` must not drop anything."""
    image = keras.Input((6, 6, 3))
    model = keras.Model(image, keras.layers.Dropout(0.5)(Resize(8)(image)))
    np.testing.assert_array_equal(model(IMAGES), model(IMAGES, training=False))


def test_reload(tmp_path):
    image = keras.Input((6, 6, 3))
    model = keras.Model(image, Resize(4, "bilinear", antialias=True, name="resize")(image))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    layer = again.get_layer("resize")
    assert (layer.size, layer.interpolation, layer.antialias) == (4, "bilinear", True)
    assert again.output_shape == (None, 4, 4, 3)
    np.testing.assert_array_equal(again(IMAGES), model(IMAGES))
