"""Which classes and which crop a model's photos get: those of its file, never a guess."""

import keras
import numpy as np
import pytest
from PIL import Image

from fer_keras.commands.predict import main
from fer_keras.detection import open_detector
from fer_keras.exports.write import export
from fer_keras.inference.classifier import Classifier
from fer_keras.inference.loading import find_cropping, load
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.models.contract import Contract

CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry")
"""A foreign order of seven classes."""


def model(outputs=7):
    """A network that always answers its second class."""
    face = keras.Input((8, 8, 1), dtype="uint8", name="face")
    x = keras.layers.Flatten()(keras.layers.Rescaling(0.0)(face))
    network = keras.Model(face, keras.layers.Dense(outputs, activation="softmax")(x))
    bias = np.zeros(outputs)
    bias[1] = 20
    network.layers[-1].set_weights([np.zeros((64, outputs)), bias])
    return network


@pytest.fixture
def photo(tmp_path):
    Image.fromarray(np.full((20, 30), 200, np.uint8)).save(tmp_path / "me.png")
    return tmp_path / "me.png"


def contract(crop=None):
    return Contract(CLASSES, "affectnet", side=8, channels=1, crop=crop)


def test_the_files_own_order_names_the_answer(tmp_path, photo, capsys):
    saved.save(model(), tmp_path / "model.keras", contract())
    assert main([str(tmp_path / "model.keras"), str(photo)]) == 0
    assert capsys.readouterr().out == f"{photo}: happy (100.00% confidence); 30x20 pixels, taken as a cropped face\n"


def test_a_foreign_model_of_seven_classes_is_not_labelled_as_fer2013(tmp_path):
    model().save(tmp_path / "model.keras")
    with pytest.raises(UserError, match=r"Expected class names in .*model.keras.*--classes a,b,c") as caught:
        load(tmp_path / "model.keras")
    assert "\n" not in str(caught.value)


def test_classes_may_be_given(tmp_path, photo, capsys):
    model().save(tmp_path / "model.keras")
    assert main([str(tmp_path / "model.keras"), str(photo), "--classes", ", ".join(CLASSES)]) == 0
    assert ": happy (100.00% confidence)" in capsys.readouterr().out


def test_classes_of_another_number_are_refused(tmp_path):
    model(outputs=3).save(tmp_path / "model.keras")
    with pytest.raises(UserError, match="Expected 3 class names .* Received: 7: neutral, happy"):
        load(tmp_path / "model.keras", CLASSES)


@pytest.mark.parametrize("words", ["a,,b", "a,a", ""])
def test_classes_that_are_no_names_are_refused(photo, words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["model.keras", str(photo), "--classes", words])
    assert ended.value.code == 2
    assert "expected different names with commas between them" in capsys.readouterr().err


def test_the_files_own_crop_is_done(tmp_path):
    path = tmp_path / "model.keras"
    saved.save(model(), path, contract())
    assert find_cropping(path, None, None) is None
    saved.save(model(), path, contract(crop=(open_detector("haar").name, 0.25)))
    detector, margin = find_cropping(path, None, None)
    assert (detector.name, margin) == (open_detector("haar").name, 0.25)
    assert find_cropping(path, False, None) is None
    saved.save(model(), path, contract(crop=("YuNet 0123456789ab", 0.25)))
    with pytest.raises(UserError, match="Expected YuNet's ONNX file .*--detector"):
        find_cropping(path, None, None)


def test_a_saved_model_has_the_names_of_the_file(tmp_path, photo):
    saved.save(model(), tmp_path / "model.keras", contract())
    (exported,) = export(tmp_path / "model.keras", ["saved_model"])
    assert load(exported.path).predict(photo)[0].emotion == "happy"


def test_a_saved_model_without_names_is_not_written(tmp_path):
    model().save(tmp_path / "model.keras")
    with pytest.raises(UserError, match="Expected class names in"):
        list(export(tmp_path / "model.keras", ["saved_model"]))
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def brightness(faces):
    """A stand-in for a network: the second class grows with the mean pixel."""
    bright = faces.mean(axis=(1, 2, 3)) / 255
    return np.stack([1 - bright, bright], axis=1)


GREY = Classifier(brightness, side=8, channels=1, class_names=("sad", "happy"))


def test_photos_are_paths_or_arrays_one_or_many(photo):
    bright, dark = np.full((20, 30, 3), 255, np.uint8), np.zeros((9, 9), np.uint8)
    assert [prediction.emotion for prediction in GREY.predict([bright, dark, str(photo)])] == ["happy", "sad", "happy"]
    assert [prediction.source for prediction in GREY.predict([bright, photo])] == [None, str(photo)]
    assert [prediction.emotion for prediction in GREY.predict(bright)] == ["happy"]
    assert len(GREY.predict(np.zeros((5, 8, 8, 1), np.uint8))) == 5
    assert GREY.predict([]) == []


def test_a_prediction_names_every_class_and_its_confidence():
    prediction = GREY.predict(np.full((8, 8), 51, np.uint8))[0]
    assert prediction.probabilities == {"sad": pytest.approx(0.8), "happy": pytest.approx(0.2)}
    assert prediction.confidence == pytest.approx(0.8)
    assert prediction.box is None


@pytest.mark.parametrize("wrong", [np.zeros((8, 8)), np.zeros((8, 8, 4), np.uint8), 3])
def test_what_is_no_photo_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected "):
        GREY.predict([wrong])
    with pytest.raises(ValueError, match="Expected uint8 faces"):
        GREY.probabilities(np.zeros((1, 8, 9, 1), np.uint8))
