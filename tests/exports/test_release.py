"""The shipped files come from a run, equal it, and are what `load_model()` opens."""

import hashlib
import json

import numpy as np
import pytest

import fer_keras
from fer_keras import pretrained
from fer_keras.commands.release import main
from fer_keras.io.errors import UserError


def test_without_a_shipped_model_the_error_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    with pytest.raises(UserError, match="This version ships no weights: train, or give a model."):
        fer_keras.load_model()


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert main([str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "Expected a run directory with a readable record.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_release_of_a_run_on_drawn_faces(custom_run, tmp_path, monkeypatch, capsys):
    run, out = custom_run, tmp_path / "out"
    assert main([str(run.folder), "--data", "drawn", "--out", str(out)]) == 0
    content, record = (out / "model.tflite").read_bytes(), json.loads((out / "record.json").read_text())
    assert record["file"] == {
        **{"name": "model.tflite", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    }
    assert record["metrics"] == json.loads(json.dumps(run.metrics))
    assert record["recomputed"]["accuracy"] == pytest.approx(run.metrics["test"]["accuracy"], abs=0.001)
    monkeypatch.setattr(pretrained, "FOLDER", out)
    drawn = fer_keras.load_dataset("drawn")
    test = drawn.take(np.isin(drawn.rows, run.predictions["test"]["rows"]))
    probabilities = fer_keras.load_model().probabilities(test.images)
    assert np.mean(probabilities.argmax(1) == test.labels) == pytest.approx(record["recomputed"]["accuracy"], abs=1e-6)
    capsys.readouterr()
    monkeypatch.setattr("fer_keras.exports.release.MOST_DIFFERENCE", -1.0)
    assert main([str(run.folder), "--data", "drawn", "--out", str(tmp_path / "again")]) == 2
    assert "Expected an accuracy of the file within" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()
