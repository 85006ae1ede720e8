"""A recorded run's figures, drawn where the data is."""

import dataclasses
import json

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError
from fer_keras.report.local_figures import draw


@pytest.fixture
def faces():
    """The images of the made-up run's test split, rows 1000 to 1299."""
    images = np.random.default_rng(0).integers(256, size=(300, 48, 48, 1), dtype=np.uint8)
    rows = np.arange(1000, 1300)
    return Faces(images, np.arange(300) % 7, np.full(300, "private"), rows, FER2013_CLASSES, "made up")


@pytest.fixture
def run_dir(make_run, faces):
    return make_run(change=lambda record: record["data"].update(fingerprint=faces.fingerprint))


def drawn(out):
    return {path.name for path in (out / "figures").iterdir()}


def test_without_data_no_face_is_drawn(run_dir, tmp_path):
    page = draw(run_dir, None, tmp_path / "out")
    assert "![" in page.read_text()
    assert "confusion.png" in drawn(tmp_path / "out")
    assert not drawn(tmp_path / "out") & {"samples.png", "misclassified.png", "augmentation.png"}
    assert not (run_dir / "figures").exists()


def test_with_the_runs_data_faces_are(run_dir, faces, tmp_path):
    draw(run_dir, faces, tmp_path / "out")
    assert {"samples.png", "misclassified.png"} <= drawn(tmp_path / "out")


def test_a_figure_is_drawn_anew_only_when_its_own_data_changed(run_dir, tmp_path):
    out = tmp_path / "out"
    draw(run_dir, None, out)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "figures").iterdir()}
    record = json.loads((out / "record.json").read_text())
    record["history"][0]["loss"] = 1.25
    (out / "record.json").write_text(json.dumps(record))
    draw(out, None, out)
    after = {path.name: path.stat().st_mtime_ns for path in (out / "figures").iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["training.png"]


def test_other_data_and_another_runs_folder_are_refused(run_dir, faces, make_run, tmp_path):
    others = dataclasses.replace(faces, labels=faces.labels[::-1].copy())
    with pytest.raises(UserError, match="Expected the data of toy-cpu-seed0, fingerprint .* Received: made up"):
        draw(run_dir, others, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    draw(run_dir, None, tmp_path / "out")
    with pytest.raises(UserError, match="Choose another --out"):
        draw(make_run("other", seed=3), None, tmp_path / "out")
