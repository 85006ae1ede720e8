"""Where the network of a run looks at its most confident errors, drawn where the data and the model are."""

import numpy as np
import pytest

from fer_keras.commands.main import main
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.models import compact, saved
from fer_keras.report import error_maps, local_figures
from fer_keras.runs import predictions, samples
from fer_keras.runs.record import read_record


@pytest.fixture(scope="module")
def network():
    return compact.build(widths=(2, 4), pairs=(0,), parts=("spatial",))


@pytest.fixture
def faces():
    """The images of the made-up run's test split, rows 1000 to 1299."""
    images = np.random.default_rng(0).integers(256, size=(300, 48, 48, 1), dtype=np.uint8)
    return Faces(images, np.arange(300) % 7, np.full(300, "private"), np.arange(1000, 1300), FER2013_CLASSES, "made up")


@pytest.fixture
def run_dir(make_run, faces):
    return make_run(change=lambda record: record["data"].update(fingerprint=faces.fingerprint))


def test_the_most_confident_errors_have_all_maps(run_dir, faces, network, tmp_path):
    saved.save(network, run_dir / "model.keras")
    page = local_figures.draw(run_dir, faces, tmp_path / "out")
    assert "figures/error_maps.png" in page.read_text()
    assert (tmp_path / "out" / "figures" / "error_maps.png").is_file()
    assert not (tmp_path / "out" / "model.keras").exists()
    found = samples.read(tmp_path / "out")
    test = predictions.read(run_dir, read_record(run_dir))["test"]
    place = {int(row): at for at, row in enumerate(test["rows"])}
    wrong = [place[int(row)] for row in found["map_rows"]]
    assert len(wrong) == error_maps.SHOWN
    assert np.all(test["probabilities"][wrong].argmax(axis=1) != test["labels"][wrong])
    kinds = {name.split(",")[0] for name in found["map_names"].tolist()}
    assert kinds == {"Grad-CAM", "occlusion", "spatial attention"}
    assert found["map_values"].shape == (6, len(found["map_names"]), 48, 48)
    assert found["map_values"].min() >= 0 and found["map_values"].max() == 1
    assert found["map_p"].shape == (6, len(found["map_names"])) and 1 / 40 <= found["map_p"].min()


def test_without_the_model_errors_have_no_maps_and_a_line_says_so(run_dir, faces, tmp_path, monkeypatch, capsys):
    assert error_maps.of(run_dir, faces, read_record(run_dir)) == {}
    monkeypatch.setattr("fer_keras.data.find.at", lambda path, flag: path)
    monkeypatch.setattr("fer_keras.data.find.load", lambda location: faces)
    assert main(["report", "--figures", str(run_dir), "--data", "x", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"No model.keras in {run_dir}: its errors are drawn without maps of where the network looks."
    assert not (tmp_path / "out" / "figures" / "error_maps.png").exists()


def test_faces_that_were_cropped_have_no_maps(run_dir, faces, network):
    saved.save(network, run_dir / "model.keras")
    record = read_record(run_dir)
    record["data"]["crop"] = {"detector": "haar", "margin": 0.1}
    assert error_maps.of(run_dir, faces, record) == {}
