import numpy as np
import pytest

from fer_keras.config.options import Options
from fer_keras.config.recipe import Data
from fer_keras.data import drop
from fer_keras.data.drop import Drop
from fer_keras.io.errors import UserError
from fer_keras.recipes.p004_resnet50_cnn import VANILLA_CNN
from fer_keras.runs.source import Source, find_source, splits_for


@pytest.fixture
def dropped(toy, tmp_path):
    """A list of every tenth Training row of the drawn faces."""
    train = toy.where("train")
    chosen = train.take(np.arange(0, len(train), 10))
    names = [toy.class_names[label] for label in chosen.labels]
    drops = [Drop(row, "train", name, "blank") for row, name in zip(chosen.rows.tolist(), names, strict=True)]
    drop.write(tmp_path / "dropped.csv", drops)
    return drop.read(tmp_path / "dropped.csv")


def rows(faces):
    return set(faces.rows.tolist())


@pytest.mark.parametrize("split", ["official", "merged", "carved", "pooled"])
def test_dropped_rows_leave_training_and_selection_and_nothing_else_moves(toy, dropped, split):
    whole = splits_for(Source(toy, True, ()), 3, "scratch", Data(split=split))
    less = splits_for(Source(toy, True, (), dropped=dropped), 3, "scratch", Data(split=split))
    gone = set(dropped.rows.tolist())
    assert rows(less.train) == rows(whole.train) - gone
    assert rows(less.select) == rows(whole.select) - gone
    assert rows(less.test.open("test", finished=True)) == rows(whole.test.open("test", finished=True))
    assert rows(less.eligible) == rows(less.train)


def test_a_backbone_from_a_file_may_have_seen_the_dropped_rows(toy, dropped):
    source = Source(toy, True, (), dropped=dropped)
    found = splits_for(source, 3, "runs/pretrain/model.keras", Data(max_train_rows=60))
    assert len(found.train) == 60
    assert rows(found.eligible) == rows(toy.where("train"))


def test_a_subset_is_taken_of_what_is_left(toy, dropped):
    found = splits_for(Source(toy, True, (), dropped=dropped), 3, "imagenet", Data(max_train_rows=60))
    assert len(found.train) == 60
    assert not rows(found.train) & set(dropped.rows.tolist())


def test_a_list_of_other_data_is_refused_before_anything_is_trained(tmp_path, monkeypatch):
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.chdir(tmp_path)
    drop.write(tmp_path / "dropped.csv", [Drop(999_999, "train", "happy", "blank")])
    with pytest.raises(UserError, match="row 999999 of dropped.csv .* Received: no such row"):
        find_source(Options(drop=tmp_path / "dropped.csv"), VANILLA_CNN)


def test_a_detector_without_cropping_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="Expected --crop with --detector"):
        find_source(Options(detector=tmp_path / "yunet.onnx"), VANILLA_CNN)
