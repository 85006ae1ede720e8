import keras
import numpy as np
import pytest

from fer_keras.layers.normalise import CAFFE, TORCHVISION, UNIT_RANGE, Normalise

PIXELS = np.random.default_rng(0).uniform(0, 255, (2, 3, 5, 3)).astype("float32")


@pytest.mark.parametrize(
    ("arguments", "module", "mode"),
    [(CAFFE, "resnet", None), (UNIT_RANGE, "xception", None), (TORCHVISION, "imagenet_utils", "torch")],
)
def test_equals_keras_applications(arguments, module, mode):
    extra = {"mode": mode} if mode else {}
    theirs = getattr(keras.applications, module).preprocess_input(PIXELS.copy(), **extra)
    np.testing.assert_allclose(Normalise(**arguments)(PIXELS), theirs, rtol=1e-4, atol=1e-4)


def test_caffe_by_hand():
    pixel = np.array([[[[1.0, 2.0, 3.0]]]], "float32")
    np.testing.assert_allclose(Normalise(**CAFFE)(pixel), [[[[3 - 103.939, 2 - 116.779, 1 - 123.68]]]], rtol=1e-6)


def test_refuses_unequal_lengths():
    with pytest.raises(ValueError, match="as many scales as means. Received: 1 and 3"):
        Normalise((1, 2, 3), (1,))


def test_reload(tmp_path):
    image = keras.Input((3, 5, 3))
    model = keras.Model(image, Normalise(**CAFFE, name="normalise")(image))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    assert again.get_layer("normalise").get_config() == model.get_layer("normalise").get_config()
    np.testing.assert_array_equal(again(PIXELS), model(PIXELS))
