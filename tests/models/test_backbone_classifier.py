import keras
import numpy as np
import pytest

from fer_keras.models import backbone_classifier

FACES = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def model():
    return backbone_classifier.build(backbone="mobilenetv3small", image_size=40, classes=8, dropout=0.25)


def test_layers_by_name(model):
    names = ["face", "to_float", "upsample", "adapter", "backbone", "pool", "dropout", "logits", "probabilities"]
    assert [layer.name for layer in model.layers] == names
    assert (model.name, model.get_layer("dropout").rate) == ("mobilenetv3small_classifier", 0.25)


def test_input_output_and_parameters(model):
    assert (model.input.dtype, model.input_shape) == ("uint8", (None, 48, 48, 1))
    assert model.count_params() == 939_120 + 6 + 576 * 8 + 8
    out = model.predict(FACES, verbose=0)
    assert (out.shape, out.dtype) == ((3, 8), np.float32)
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-5)


def test_grey_starts_as_three_equal_channels(model):
    grey = np.random.default_rng(0).uniform(0, 255, (1, 4, 5, 1)).astype("float32")
    np.testing.assert_array_equal(model.get_layer("adapter")(grey), np.repeat(grey, 3, axis=-1))


def test_upsampling_is_bicubic(model):
    import tensorflow as tf

    ours = model.get_layer("upsample")(FACES.astype("float32"))
    np.testing.assert_allclose(ours, tf.image.resize(FACES, (40, 40), "bicubic"), rtol=1e-5, atol=1e-3)


def test_colour_faces_need_no_adapter_and_native_size_no_upsampling():
    model = backbone_classifier.build(backbone="mobilenetv3small", image_size=33, input_size=33, channels=3)
    assert [layer.name for layer in model.layers][:3] == ["face", "to_float", "backbone"]


def test_reload(model, tmp_path):
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(FACES), model(FACES))


def test_batch_norm_follows_a_start_from_scratch(model, tmp_path):
    model.save(tmp_path / "model.keras")
    for network in (model, keras.models.load_model(tmp_path / "model.keras")):
        layers = [x for x in network.get_layer("backbone").layers if isinstance(x, keras.layers.BatchNormalization)]
        assert len(layers) == 34
        assert {layer.momentum for layer in layers} == {0.99}


def test_a_quicker_batch_norm_keeps_its_momentum():
    resnet18 = backbone_classifier.build(backbone="resnet18", image_size=32)
    assert resnet18.get_layer("backbone").get_layer("conv1_bn").momentum == 0.9


def test_a_head_of_zeros_begins_with_equal_probabilities():
    network = backbone_classifier.build(backbone="mobilenetv3small", image_size=48, head_initializer="zeros")
    np.testing.assert_array_equal(network(FACES), np.full((len(FACES), 7), 1 / 7, np.float32))
