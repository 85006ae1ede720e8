import keras
import numpy as np

from fer_keras.layers.spatial_softmax import SpatialSoftmaxAttention

SHAPE = (2, 9, 11, 3)


def draw(seed=0):
    return np.random.default_rng(seed).normal(size=SHAPE).astype("float32")


def built(**arguments):
    layer = SpatialSoftmaxAttention(**arguments)
    layer.build((None, *SHAPE[1:]))
    return layer


def test_equals_equation_4():
    layer, x = built(kernel_size=1), draw()
    layer.set_weights([np.array([0.7, -0.4], "float32").reshape(1, 1, 2, 1)])
    descriptors = 0.7 * x.max(axis=-1) - 0.4 * x.mean(axis=-1)
    weights = np.exp(descriptors) / np.exp(descriptors).sum(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(layer(x), x * weights[..., None], rtol=1e-5)


def test_the_weights_of_an_image_sum_to_one():
    mask = np.asarray(built().mask(draw()))
    assert mask.shape == (2, 9, 11, 1) and mask.min() > 0
    np.testing.assert_allclose(mask.sum(axis=(1, 2, 3)), 1, rtol=1e-5)


def test_equal_positions_shrink_by_their_number():
    x = np.ones((1, 16, 16, 4), "float32")
    layer = SpatialSoftmaxAttention(1)
    np.testing.assert_allclose(layer(x), x / 256, rtol=1e-5)


def test_it_trains_in_a_graph_whose_batch_size_is_open():
    image = keras.Input(SHAPE[1:])
    pooled = keras.layers.GlobalAveragePooling2D()(SpatialSoftmaxAttention(3)(image))
    model = keras.Model(image, keras.layers.Dense(1)(pooled))
    model.compile("sgd", "mse")
    before = model.layers[1].get_weights()[0]
    model.fit(draw(), np.ones((2, 1), "float32"), batch_size=1, verbose=0)
    assert not np.array_equal(model.layers[1].get_weights()[0], before)


def test_parameters_and_reloading(tmp_path):
    assert built().count_params() == 7 * 7 * 2
    image = keras.Input(SHAPE[1:])
    model = keras.Model(image, SpatialSoftmaxAttention(5, name="spatial_attention")(image))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    assert again.get_layer("spatial_attention").kernel_size == 5
    np.testing.assert_array_equal(again(draw()), model(draw()))
