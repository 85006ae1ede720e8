"""What is measured of planted maps and of a small network."""

import dataclasses

import numpy as np
import pytest

from fer_keras.commands.main import main
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError
from fer_keras.models import compact, saved
from fer_keras.studies.where_it_looks import measure, record, regions


def on(region, strength=1.0):
    return regions.masks()[list(regions.REGIONS).index(region)] * strength


@pytest.fixture(scope="module")
def faces():
    images = np.random.default_rng(0).integers(256, size=(22, 48, 48, 1), dtype=np.uint8)
    split = np.array(["train"] * 8 + ["private"] * 14)
    return Faces(images, np.arange(22) % 7, split, np.arange(22), FER2013_CLASSES, "made up")


def test_a_summary_by_hand():
    values = np.stack([on("eyes"), on("mouth"), on("mouth"), np.zeros((48, 48))])
    found = measure.summary(values, np.array([0, 1, 1, 0]), 2)
    areas = regions.areas()
    assert found["mass"] == {
        name: pytest.approx(value, abs=1e-5)
        for name, value in {
            "brows": areas["brows"] / 4,
            "eyes": (1 + areas["eyes"]) / 4,
            "mouth": (2 + areas["mouth"]) / 4,
        }.items()
    }
    total = sum(areas.values())
    assert found["total"] == pytest.approx((3 + total) / 4)
    assert found["half"] == pytest.approx(1.96 * np.std([1, 1, 1, total], ddof=1) / 2, rel=1e-4)
    assert found["per_class"][1] == [0, 0, pytest.approx(1)]
    assert (found["peak"], found["blank"]) == (0.75, 0.25)


def mouth_reader(faces):
    """The first class is the brightness of the mouth's region."""
    bright = faces[..., 0][:, on("mouth") > 0].mean(axis=1) / 255
    return np.stack([bright, 1 - bright], axis=1)


def test_deletion_over_images_finds_the_map_that_marks_what_is_read():
    images = np.zeros((40, 48, 48, 1), np.uint8)
    images[:, on("mouth") > 0] = 255
    places = np.zeros(40, int)
    marked = measure.deletion(mouth_reader, images, np.stack([on("mouth")] * 40), places)
    assert marked["score"] == 1 and marked["left"] < marked["chance"]
    assert marked["gain"] - marked["half"] > 0.1 and marked["better"] >= 0.9
    uniform = measure.deletion(mouth_reader, images, np.ones((40, 6, 6)), places)
    assert uniform["gain"] == uniform["better"] == 0


def test_hiding_what_is_read_costs_accuracy_and_the_rest_does_not():
    images = np.zeros((30, 48, 48, 1), np.uint8)
    images[:, on("mouth") > 0] = 255  # the mean of the image is 14: hidden, it reads as the second class
    found = measure.hidden_regions(mouth_reader, images, np.zeros(30, int))
    assert found["mouth"]["accuracy"] == 0 and found["mouth"]["moved"] > 0.8
    assert found["eyes"] == {"accuracy": 1, "moved": pytest.approx(1, abs=0.1)}


def test_a_run_is_measured_into_its_record(make_run, faces, tmp_path, monkeypatch, capsys):
    run_dir = make_run(change=lambda r: r["data"].update(fingerprint=faces.fingerprint))
    with pytest.raises(UserError, match=r"Expected a model saved by Keras at .*model\.keras"):
        measure.measure(run_dir, faces)
    saved.save(compact.build(widths=(2, 4, 4), pairs=(0, 0), parts=("cbam",)), run_dir / "model.keras")
    monkeypatch.setattr("fer_keras.data.find.at", lambda path: path)
    monkeypatch.setattr("fer_keras.data.find.load", lambda location: faces)
    assert main(["where-it-looks", str(run_dir), "--data", "x", "--reports", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("% on eyes, brows and mouth") == 2
    (read,) = record.read_all(tmp_path)
    assert (read["images"], sum(read["counts"])) == (14, 14)
    kinds = [(each["kind"], each["layer"], each["grid"]) for each in read["maps"]]
    assert kinds == [
        ("spatial_attention", "spatial_attention", [12, 12]),
        ("grad_cam", "spatial_attention", [12, 12]),
    ]
    assert [len(each["untrained"]) for each in read["maps"]] == [measure.UNTRAINED] * 2
    spread = {each["total"] for each in read["maps"][0]["untrained"]}
    assert len(spread) == measure.UNTRAINED, "initialisations differ"
    np.testing.assert_allclose(record.mean_face(tmp_path), faces.images[:8].mean(axis=0)[..., 0], atol=0.051)


def test_other_data_are_refused(make_run, faces):
    with pytest.raises(UserError, match=r"Expected the data of .*fingerprint .* Received: made up"):
        measure.measure(make_run(), faces)
    few = faces.take(np.arange(20))
    run_dir = make_run("few", change=lambda r: r["data"].update(fingerprint=few.fingerprint))
    with pytest.raises(
        UserError, match=r"Expected two PrivateTest images of each class, or more. Received: 1 in made up"
    ):
        measure.measure(run_dir, few)
    small = dataclasses.replace(faces, images=faces.images[:, :32, :32].copy())
    run_dir = make_run("small", change=lambda r: r["data"].update(fingerprint=small.fingerprint))
    with pytest.raises(UserError, match=r"Expected images of 48 x 48 pixels. Received: 32 x 32 in made up"):
        measure.measure(run_dir, small)
    train = faces.take(np.arange(8))
    run_dir = make_run("train", change=lambda r: r["data"].update(fingerprint=train.fingerprint))
    with pytest.raises(UserError, match=r"Expected rows of split private. Received: only train in made up"):
        measure.measure(run_dir, train)


def test_a_run_that_is_none_is_one_line(tmp_path, faces, monkeypatch, capsys):
    monkeypatch.setattr("fer_keras.data.find.at", lambda path: path)
    monkeypatch.setattr("fer_keras.data.find.load", lambda location: faces)
    assert main(["where-it-looks", str(tmp_path), "--data", "x", "--reports", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert (
        said.err.startswith("error: Expected a run directory with a readable record.json") and said.err.count("\n") == 1
    )
