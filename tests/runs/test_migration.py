"""A run of schema 1 becomes one of schema 2 with the same predictions, in today's words."""

import json

import numpy as np
import pytest

from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.runs import manifest, predictions
from fer_keras.runs.migration import migrate
from fer_keras.runs.record import read_record
from tests import made_up_run


@pytest.fixture
def old_run(tmp_path):
    """A finished run as schema 1 wrote it: of the network then called house, on 64 training images."""
    run_dir = tmp_path / "house_muon-paper-seed0"
    (run_dir / "figures").mkdir(parents=True)
    parts = {"select": made_up_run.predictions(1), "test": made_up_run.predictions(2)}
    parts["test_clean"] = {name: array[10:] for name, array in parts["test"].items()}
    record = made_up_run.record_of({name: parts[name] for name in ("select", "test")}, seed=0)
    recipe = {
        "kind": "Recipe",
        "name": "house_muon",
        "model": "house",
        "data": {"dataset": "fer2013"},
        "phases": [{"data": None}],
    }
    record |= {"schema": 1, "run": run_dir.name, "experiment": "house", "recipe": "house_muon", "as_run": recipe}
    record |= {"printed": record.pop("published"), "metrics": {}, "paper_title": "The house's own recipe, from scratch"}
    del record["deviations"]
    record["ledger"] = [{"field": "training rows", "printed": "all", "run": 64}]
    record["assumed"] = ["As `house_votes`, in every way."]
    record["predictions"] = {split: f"predictions_{split}.npz" for split in parts}
    for split, part in parts.items():
        np.savez_compressed(run_dir / f"predictions_{split}.npz", **part)
    for name in ("samples.png", "training.png"):
        (run_dir / "figures" / name).write_bytes(b"PNG")
    (run_dir / "record.json").write_text(json.dumps(record))
    return run_dir, parts


def test_the_record_says_the_same_in_todays_words(old_run):
    run_dir, _ = old_run
    migrate(run_dir)
    record = read_record(run_dir)
    assert (record["schema"], record["run"], record["experiment"]) == (2, "compact_muon-paper-seed0", "compact")
    assert (record["recipe"], record["as_run"]["model"]) == ("compact_muon", "compact")
    assert record["paper_title"] == "The suite's compact network, from scratch"
    assert record["assumed"] == ["As `compact_votes`, in every way."]
    assert record["deviations"] == [{"field": "data.max_train_rows", "published": None, "run": 64}]
    assert record["as_run"]["data"] == {"dataset": "fer2013", "max_train_rows": 64}


def test_predictions_are_the_same_and_the_metrics_follow_from_them(old_run):
    run_dir, parts = old_run
    stored = predictions.read(run_dir, migrate(run_dir))
    for split, part in parts.items():
        np.testing.assert_array_equal(stored[split]["rows"], part["rows"])
        np.testing.assert_array_equal(stored[split]["labels"], part["labels"])
        np.testing.assert_array_equal(stored[split]["probabilities"], predictions.rounded(part["probabilities"]))
    accuracy = (parts["test"]["labels"] == parts["test"]["probabilities"].argmax(axis=1)).mean()
    assert read_record(run_dir)["metrics"]["test"]["accuracy"] == pytest.approx(accuracy, abs=1e-12)


def test_files_of_schema_1_and_pictures_of_faces_are_gone(old_run):
    run_dir, _ = old_run
    migrate(run_dir)
    names = sorted(str(path.relative_to(run_dir)) for path in run_dir.rglob("*") if path.is_file())
    assert names == [".lock", "figures/training.png", "metrics.json", "predictions.npz", "record.json"]


REQUEST = {
    "as_run": {"kind": "Recipe", "name": "house_muon", "title": "As house_votes", "model": "house", "phases": []},
    "seed": 3,
    "data": "ab",
    "dropped rows": None,
}


@pytest.mark.parametrize("finished", [True, False])
def test_the_request_becomes_the_manifest_of_the_same_run_in_todays_words(old_run, finished):
    run_dir, _ = old_run
    (run_dir / "request.json").write_text(json.dumps(REQUEST))
    (run_dir / "checkpoint").mkdir()
    (run_dir / "checkpoint" / "state.npz").write_bytes(b"state")
    if not finished:
        (run_dir / "record.json").unlink()
    assert (migrate(run_dir) is not None) == finished
    assert not (run_dir / "request.json").exists()
    assert (run_dir / "checkpoint" / "state.npz").read_bytes() == b"state"
    as_run = {"kind": "Recipe", "name": "compact_muon", "title": "Other words", "model": "compact", "phases": []}
    manifest.require_same(run_dir, {"as_run": as_run, "seed": 3, "data": "ab", "precision": "float32"})
    with pytest.raises(UserError, match=r"another: seed 4 instead of 3"):
        manifest.require_same(run_dir, {"as_run": as_run, "seed": 4, "data": "ab", "precision": "float32"})


def test_a_run_that_a_process_holds_is_left_alone(old_run):
    run_dir, _ = old_run
    with files.locked(run_dir), pytest.raises(UserError, match="is in use by another run"):
        migrate(run_dir)


def test_what_is_no_finished_run_of_schema_1_is_refused_and_stays(old_run, tmp_path):
    run_dir, _ = old_run
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"a run of schema 1 in .* Received: neither record.json nor request.json"):
        migrate(tmp_path / "empty")
    migrate(run_dir)
    with pytest.raises(UserError, match="Expected a record of schema 1 in .* Received: 2."):
        migrate(run_dir)


def test_a_damaged_run_stays_as_it_was(old_run):
    run_dir, _ = old_run
    (run_dir / "predictions_test.npz").write_bytes(b"half")
    (run_dir / ".lock").touch()
    before = sorted(path.name for path in run_dir.iterdir())
    with pytest.raises(UserError, match="predictions in .*predictions_test.npz"):
        migrate(run_dir)
    assert sorted(path.name for path in run_dir.iterdir()) == before
