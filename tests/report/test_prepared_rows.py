"""Rows dropped and faces cropped: what a record says of them reaches the page, and `fer_keras.predict`."""

import copy
import pathlib

import pytest

from fer_keras.detection import open_detector
from fer_keras.detection.haar import CASCADE
from fer_keras.inference.loading import find_cropping
from fer_keras.io.errors import UserError
from fer_keras.report.page import render
from fer_keras.runs import schema

DROPPED = {"list": "dropped.csv", "sha256": "cd" * 32, "rows": 1928, "reasons": {"duplicate": 1034, "no face": 894}}
CROP = {
    "detector": CASCADE,
    "opencv": "4.14.0",
    "margin": 0.25,
    "found": {"train": 1500, "public": 7},
    "rows": {"train": 2000, "public": 9},
    "changed": 800,
}


def test_the_page_says_what_was_dropped_and_cropped(toy_run, tmp_path):
    record = copy.deepcopy(toy_run[0])
    record["data"] |= {"dropped": DROPPED, "crop": CROP}
    text = render(tmp_path, schema.validate(record, "record"))
    assert (
        f"- Dropped from Training: 1,928 images listed in dropped.csv (duplicate 1,034, no face 894); sha256 `{'cd' * 32}`"
        in text
    )
    found = "a face found in 1,500 of 2,000 train, 7 of 9 public images; 800 images changed"
    assert f"- Cropped anew ({CASCADE}, OpenCV 4.14.0, margin 0.25): {found}" in text
    assert "--profile cpu --drop dropped.csv --crop`" in text


def test_a_record_without_them_says_nothing(toy_run, tmp_path):
    record = copy.deepcopy(toy_run[0])
    record["data"] |= {"dropped": None, "crop": None}
    text = render(tmp_path, schema.validate(record, "record"))
    assert text == render(tmp_path, toy_run[0])
    assert "ropped" not in text


def cropped_run(make_run, crop):
    return make_run(change=lambda record: record["data"].update(crop=crop)) / "model.keras"


def test_a_model_crops_photos_as_its_training_rows_were(make_run):
    detector, margin = find_cropping(cropped_run(make_run, CROP), None, None)
    assert (detector.name, margin) == (CASCADE, 0.25)


def test_a_model_of_uncropped_rows_crops_only_when_asked(make_run, tmp_path):
    model = cropped_run(make_run, None)
    assert find_cropping(model, None, None) is None
    assert find_cropping(model, False, None) is None
    detector, margin = find_cropping(model, True, None)
    assert (detector.name, margin) == (open_detector().name, 0.0)
    assert find_cropping(tmp_path / "elsewhere" / "model.keras", None, None) is None


def test_no_crop_overrules_the_record(make_run):
    assert find_cropping(cropped_run(make_run, CROP), False, None) is None


def test_another_detector_than_in_training_is_refused(make_run):
    model = cropped_run(make_run, CROP | {"detector": "YuNet 0123456789ab"})
    with pytest.raises(
        UserError, match="Expected YuNet 0123456789ab, which cropped .* Received: haarcascade.*--detector"
    ):
        find_cropping(model, None, pathlib.Path("haar"))
    with pytest.raises(UserError, match="Expected YuNet's ONNX file .* Received: no file. .*--detector"):
        find_cropping(model, None, None)
    assert find_cropping(model, True, None)[1] == 0.0
