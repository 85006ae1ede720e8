"""Cleaning a data set and training on what is left, as a user does."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from fer_keras.commands.clean import main
from fer_keras.config.labels import FER2013_CLASSES, TRAIN
from fer_keras.data import drop
from fer_keras.data.drop import Drop


def write_csv(path, rows):
    """Write (pixels uint8 [48, 48], label, Usage) as fer2013.csv."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("emotion", "pixels", "Usage"))
        table.writerows((label, " ".join(map(str, pixels.ravel())), usage) for pixels, label, usage in rows)
    return path


@pytest.fixture
def apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.setenv("FER_KERAS_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_a_csv_is_cleaned_into_a_list_and_a_page(apart, capsys):
    one, two, three = np.random.default_rng(1).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    blank = np.zeros((48, 48), np.uint8)
    rows = [(one, 0, "Training"), (one, 0, "Training"), (two, 1, "Training"), (blank, 3, "Training")]
    rows += [(three, 2, "Training"), (two, 1, "PublicTest"), (blank, 3, "PrivateTest")]
    write_csv(apart / "fer2013.csv", rows)
    assert main(["--data", "fer2013.csv", "--out", "out"]) == 0
    found = drop.read(apart / "out" / "dropped.csv")
    assert [(one.row, one.label, one.reason) for one in found.drops] == [
        (1, "angry", "duplicate"),
        (2, "disgust", "in evaluation"),
        (3, "happy", "blank"),
    ]
    page = (apart / "out" / "clean.md").read_text()
    assert "| Training before | 2 | 1 | 1 | 1 | 0 | 0 | 0 | 5 |" in page
    assert "| Training after | 1 | 0 | 1 | 0 | 0 | 0 | 0 | 2 |" in page
    assert "Evaluation images are never dropped" in page
    assert "| private | 1 | 1 | 0 | 0 |" in page
    assert found.sha256 in page
    assert "3 Training images in out/dropped.csv" in capsys.readouterr().out


def folder_set(root):
    """One face a class in train/ and test/, numbered 100,000 and up."""
    for number, (split, name) in enumerate((split, name) for split in ("train", "test") for name in FER2013_CLASSES):
        path = root / split / name / "a.png"
        path.parent.mkdir(parents=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (48, 48), dtype=np.uint8)).save(path)
    return root


def test_an_unreadable_training_image_is_listed_and_left_out(apart):
    from fer_keras.data import find

    root = folder_set(apart / "faces")
    (root / "train" / "fear" / "b.png").write_bytes(b"no image")
    assert main(["--data", "faces", "--out", "out"]) == 0
    found = drop.read(apart / "out" / "dropped.csv")
    assert [(one.row, one.label, one.reason, one.file) for one in found.drops] == [
        (100_003, "fear", "unreadable", "train/fear/b.png")
    ]
    faces = find.load(find.at(root), leave_out=found.unreadable)
    drop.require_fits(found, faces)
    assert len(faces) == 14
    assert 100_003 not in faces.rows
    assert "| Training before | 1 | 1 | 2 | 1 | 1 | 1 | 1 | 8 |" in (apart / "out" / "clean.md").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--data", "faces"], "evaluation images that can be read, test/sad/a.png among them"),
        (["--data", "nowhere"], "nowhere"),
        ([], "FER2013 (fer2013.csv, "),
        (["--data", "faces", "--detector", "yunet.onnx"], "--faces detector with --detector"),
        (["--data", "faces", "--out", "faces/test/sad/a.png"], "a folder for --out"),
    ],
)
def test_what_cannot_be_cleaned_is_one_line_and_code_2(apart, capsys, words, says):
    root = folder_set(apart / "faces")
    (root / "test" / "sad" / "a.png").write_bytes(b"no image")
    assert main(words) == 2
    printed = capsys.readouterr().err
    assert says in printed
    assert printed.startswith("error: ")
    assert printed.count("\n") == 1


@pytest.mark.slow
def test_a_run_leaves_the_listed_rows_out_crops_the_rest_and_its_model_crops_photos(toy, apart, monkeypatch, capsys):
    from fer_keras.api.run import run
    from fer_keras.commands import predict
    from fer_keras.config.options import Options
    from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT
    from fer_keras.runs import source

    monkeypatch.setattr(source.toy, "toy_faces", lambda **sizes: toy)
    chosen = toy.where(TRAIN).take(np.array([1, 5, 8]))
    names = [toy.class_names[label] for label in chosen.labels]
    drops = [Drop(row, TRAIN, name, "blank") for row, name in zip(chosen.rows.tolist(), names, strict=True)]
    drop.write(apart / "dropped.csv", drops)
    asked = Options(crop=True, drop=apart / "dropped.csv", out=apart / "run", precision="float32", quiet=True)
    folder = run(EXPERIMENT, EXPERIMENT.recipe("hybrid_baseline_cnn"), asked)
    record = json.loads((folder / "record.json").read_text())
    assert record["data"]["dropped"] == drop.read(apart / "dropped.csv").described()
    assert record["data"]["crop"]["rows"] == {"train": 240, "public": 80, "private": 80}
    assert record["data"]["crop"]["found"]["train"] > 0
    assert [entry["run"] for entry in record["deviations"] if entry["field"] == "--drop"] == ["3 Training rows"]
    page = (folder / "report.md").read_text()
    assert "Dropped from Training: 3 images listed in dropped.csv (blank 3)" in page
    assert "Cropped anew (BlazeFace 3bc182eb9f33, LiteRT " in page
    capsys.readouterr()
    Image.fromarray(np.full((60, 90, 3), 200, np.uint8)).save(apart / "wall.png")
    for words, says in (([], True), (["--no-crop"], False)):
        assert predict.main([str(folder / "model.keras"), "wall.png", *words]) == 0
        assert ("wall.png: no face found" in capsys.readouterr().out) is says
