"""A checkpoint that has learnt from a run's test rows cannot start it."""

import dataclasses
import json

import pytest

from fer_keras.data import training_history
from fer_keras.data.readers import toy
from fer_keras.data.splits import divide
from fer_keras.io.errors import UserError


@pytest.fixture(scope="module")
def faces():
    return toy.toy_faces()


def pretrained(folder, faces, split, seed=0, init=None, **data):
    data = {"dataset": "fer2013", "split": split, "soft_labels": False}
    record = {
        "seed": seed,
        "data": {"fingerprint": faces.fingerprint},
        "as_run": {"data": data, "phases": [{"name": "supervised", "data": None}]},
        "init": {"kind": "checkpoint", "file": str(init)} if init else {"kind": "scratch"},
    }
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps(record))
    return folder / "model.keras"


@pytest.mark.parametrize("split", ["official", "merged", "carved", "pooled"])
def test_the_same_division_shares_no_test_row(tmp_path, faces, split):
    start = pretrained(tmp_path / "run", faces, split)
    assert training_history.require_unseen(str(start), faces, divide(faces, split)) == ""


@pytest.mark.parametrize("split", ["official", "merged", "carved"])
def test_training_rows_that_the_pooled_division_tests_are_counted(tmp_path, faces, split):
    start, pooled = pretrained(tmp_path / "run", faces, split), divide(faces, "pooled")
    before = divide(faces, split)
    spoilt = len(set(pooled.test.rows) & {*before.train.rows, *before.select.rows})
    assert spoilt
    with pytest.raises(UserError, match=f"Received: one that saw {spoilt:,} of them. Pretrain under the same division"):
        training_history.require_unseen(str(start), faces, pooled)


def test_rows_that_only_selected_count_as_seen(tmp_path, faces):
    start = pretrained(tmp_path / "run", faces, "official")
    with pytest.raises(UserError, match=f"one that saw {len(divide(faces, 'official').select):,} of them"):
        training_history.require_unseen(str(start), faces, divide(faces, "merged"))


def test_another_seed_divides_otherwise(tmp_path, faces):
    start = pretrained(tmp_path / "run", faces, "pooled", seed=1)
    with pytest.raises(UserError, match="Expected a checkpoint that has not seen this run's test rows"):
        training_history.require_unseen(str(start), faces, divide(faces, "pooled", seed=0))


def test_selection_on_rows_that_were_trained_on_is_noted(tmp_path, faces):
    start, carved = pretrained(tmp_path / "run", faces, "official"), divide(faces, "carved")
    note = training_history.require_unseen(str(start), faces, carved)
    assert note == f"trained on {len(carved.select):,} of the rows that select here"


def test_what_the_start_itself_started_from_counts(tmp_path, faces):
    first = pretrained(tmp_path / "first", faces, "official")
    second = pretrained(tmp_path / "second", faces, "pooled", init=first)
    with pytest.raises(UserError, match="test rows"):
        training_history.require_unseen(str(second), faces, divide(faces, "pooled"))


def test_nothing_is_claimed_about_a_checkpoint_without_a_record(tmp_path, faces):
    note = training_history.require_unseen(str(tmp_path / "model.keras"), faces, divide(faces, "official"))
    assert note == "its training rows are not known"
    (tmp_path / "record.json").write_text('{"as_run": {"data": {"split": "mine"}}}')
    note = training_history.require_unseen(str(tmp_path / "model.keras"), faces, divide(faces, "official"))
    assert note == "its training rows are not known"


def test_other_faces_are_said_to_be_others(tmp_path, faces):
    start = pretrained(tmp_path / "run", faces, "official")
    others = dataclasses.replace(faces, rows=faces.rows + 1)
    assert training_history.require_unseen(str(start), others, divide(others, "official")).startswith(
        "trained on other faces"
    )


@pytest.mark.parametrize("init", ["imagenet", "scratch"])
def test_no_checkpoint_saw_nothing(init, faces):
    assert training_history.require_unseen(init, faces, divide(faces, "official")) == ""


def test_what_the_teachers_of_a_checkpoint_have_seen_counts(tmp_path, faces):
    start, pooled = pretrained(tmp_path / "run", faces, "pooled"), divide(faces, "pooled")
    path = start.with_name("record.json")
    record = json.loads(path.read_text())
    for split in ("official", "mine"):
        record["teachers"] = {"runs": [{"history": [{"split": split, "seed": 0}]}]}
        path.write_text(json.dumps(record))
        if split == "official":
            with pytest.raises(UserError, match="Expected a checkpoint that has not seen this run's test rows"):
                training_history.require_unseen(str(start), faces, pooled)
        else:
            assert training_history.require_unseen(str(start), faces, pooled) == "its training rows are not known"


def test_a_history_is_known_or_nothing(tmp_path, faces):
    run = json.loads(pretrained(tmp_path / "first", faces, "official").with_name("record.json").read_text())
    assert training_history.history(run) == [{"split": "official", "seed": 0}]
    second = pretrained(tmp_path / "second", faces, "carved", seed=3, init=tmp_path / "first" / "model.keras")
    started = json.loads(second.with_name("record.json").read_text())
    assert training_history.history(started) == [{"split": "carved", "seed": 3}, {"split": "official", "seed": 0}]
    gone = started | {"init": {"kind": "checkpoint", "file": str(tmp_path / "gone" / "model.keras")}}
    assert training_history.history(gone) is None
    assert training_history.history(run | {"init": {"kind": "imagenet", "file": "weights.h5"}}) is not None
    assert training_history.history(run | {"as_run": {}}) is None
