"""What is exported says what Keras says, carries its class names, and is whole or not there."""

import json

import numpy as np
import pytest

from fer_keras.commands.export import main
from fer_keras.data.faces import Faces
from fer_keras.exports import exporter, onnx
from fer_keras.exports.proof import prove
from fer_keras.exports.write import export
from fer_keras.inference import litert_file
from fer_keras.inference.loading import find_cropping, load
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from tests.exports.nets import CLASSES, SIDE, faces, file_of

HAS_ONNX = pytest.importorskip("tf2onnx") and pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return file_of(tmp_path_factory.mktemp("model"))


def training_faces(n=60):
    names, rows = ("a", "b"), np.arange(n)
    return Faces(faces(n), rows % 2, np.array(["train"] * (n - 10) + ["private"] * 10), rows, names)


def test_all_formats_in_one_call(model, tmp_path, capsys):
    assert main([str(model), "--format", "saved_model,litert,onnx", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx", "model.tflite", "saved_model"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["saved_model", "litert", "onnx"]
    assert all("on 64 faces it differs from Keras by at most" in line and "0 labels" in line for line in lines)
    expected = saved.load(model).predict(faces(21), verbose=0)
    for name in ("model.tflite", "saved_model"):
        classifier = load(tmp_path / name)
        assert (classifier.class_names, classifier.side, classifier.channels) == (CLASSES, SIDE, 1)
        np.testing.assert_allclose(classifier.probabilities(faces(21)), expected, atol=1e-5)
    np.testing.assert_allclose(onnx.read(tmp_path / "model.onnx")(faces(21)), expected, atol=1e-5)


def test_onnx_says_its_class_names(model, tmp_path):
    import onnxruntime

    (exported,) = export(model, ["onnx"], "float16", tmp_path / "x.onnx")
    words = onnxruntime.InferenceSession(exported.path).get_modelmeta().custom_metadata_map[onnx.CONTRACT]
    assert json.loads(words) == saved.contract(model).as_json()


def test_a_crop_goes_along(tmp_path):
    from fer_keras.detection import open_detector

    model = file_of(tmp_path, channels=3, crop=(open_detector(None).name, 0.25))
    for exported in export(model, ["saved_model", "litert"]):
        assert find_cropping(exported.path, None, None)[1] == 0.25


def test_a_file_in_float16_is_smaller(model, tmp_path):
    (whole,) = export(model, ["litert"], "none", tmp_path / "a.tflite")
    (half,) = export(model, ["litert"], "float16", tmp_path / "b.tflite")
    assert len(litert_file.read(half.path)[0]) < len(litert_file.read(whole.path)[0])


def test_a_file_in_int8_differs_in_few_labels_or_is_not_written(model, tmp_path):
    try:
        (exported,) = export(model, ["litert"], "int8", tmp_path / "b.tflite", data=training_faces())
    except UserError as error:
        assert "labels other than Keras's" in str(error)
        assert not (tmp_path / "b.tflite").exists()
        return
    assert exported.proof.labels <= 0.005 * exported.proof.faces


def test_calibration_and_proof_take_different_training_faces(model):
    from fer_keras.exports.faces import of_data

    chosen = of_data(training_faces(), saved.contract(model))
    calibrating, proving = ({face.tobytes() for face in part} for part in (chosen.calibrating, chosen.proving))
    assert len(calibrating | proving) == 50
    assert not calibrating & proving
    assert not {face.tobytes() for face in faces(60)[50:]} & (calibrating | proving)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "litert", "--quantize", "int8"], "Expected faces to calibrate int8. Received: none."),
        (
            ["--format", "onnx", "--quantize", "int8", "--data", "drawn"],
            "Expected --quantize none or float16 with onnx",
        ),
        (["--quantize", "float16"], "Expected --quantize none with saved_model. Received: float16."),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(model, tmp_path, words, message, capsys):
    assert main([str(model), "--out", str(tmp_path / "x"), *words]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unequal_export_is_not_put_in_place(model, tmp_path, monkeypatch):
    monkeypatch.setattr(exporter("saved_model"), "read", lambda path: lambda images: np.full((len(images), 3), 1 / 3))
    (tmp_path / "saved_model").mkdir()
    with pytest.raises(UserError, match=r"Expected saved_model within 1e-05 of Keras.* Nothing is written."):
        list(export(model, ["saved_model"], out=tmp_path / "saved_model"))
    assert [path.name for path in tmp_path.rglob("*")] == ["saved_model"]


def test_a_folder_of_something_else_is_not_replaced(model, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="or an earlier export, at"):
        list(export(model, ["saved_model"], out=tmp_path))
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(("wrong", "passes"), [(1, True), (2, False)])
def test_labels_may_differ_in_one_of_two_hundred(wrong, passes):
    right = np.tile([0.9, 0.1], (200, 1))
    found = right.copy()
    found[:wrong] = [0.4, 0.6]
    if passes:
        assert prove(lambda images: found, faces(200), right, "int8", "x").labels == wrong
    else:
        with pytest.raises(UserError, match=r"at most 0.5% of labels .* in 2 labels \(1.0%\)"):
            prove(lambda images: found, faces(200), right, "int8", "x")
