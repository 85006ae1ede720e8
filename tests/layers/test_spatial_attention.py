import keras
import numpy as np
import pytest

from fer_keras.layers.spatial_attention import SpatialAttention

SHAPE = (2, 9, 11, 3)


def draw(seed=0):
    return np.random.default_rng(seed).normal(size=SHAPE).astype("float32")


def built(**arguments):
    layer = SpatialAttention(**arguments)
    layer.build((None, *SHAPE[1:]))
    return layer


def test_equals_the_formula_in_the_middle_and_at_the_border():
    layer, x = built(), draw()
    kernel = np.random.default_rng(1).normal(size=(7, 7, 2, 1)).astype("float32")
    layer.set_weights([kernel, np.array([0.25], "float32")])
    maps = np.stack([x.max(axis=-1), x.mean(axis=-1)], axis=-1)
    padded = np.pad(maps, ((0, 0), (3, 3), (3, 3), (0, 0)))
    out = np.asarray(layer(x))
    for row, column in ((4, 5), (0, 0), (8, 10)):
        window = padded[:, row : row + 7, column : column + 7]
        mask = 1 / (1 + np.exp(-((window * kernel[..., 0]).sum(axis=(1, 2, 3)) + 0.25)))
        np.testing.assert_allclose(out[:, row, column], x[:, row, column] * mask[:, None], rtol=1e-4)


def test_mask_lies_between_0_and_1():
    mask = np.asarray(built().mask(draw()))
    assert mask.shape == (2, 9, 11, 1)
    assert 0 < mask.min() and mask.max() < 1


@pytest.mark.parametrize(("arguments", "count"), [({}, 99), ({"use_bias": False}, 98), ({"kernel_size": 3}, 19)])
def test_parameter_count(arguments, count):
    assert built(**arguments).count_params() == count


def test_reload(tmp_path):
    image = keras.Input(SHAPE[1:])
    model = keras.Model(image, SpatialAttention(5, use_bias=False, name="spatial_attention")(image))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    layer = again.get_layer("spatial_attention")
    assert (layer.kernel_size, layer.use_bias) == (5, False)
    np.testing.assert_array_equal(again(draw()), model(draw()))
