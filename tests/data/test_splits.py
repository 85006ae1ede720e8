import numpy as np
import pytest

from fer_keras.config.settings import Augment
from fer_keras.data import pipeline, splits
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError


def faces(train=100, public=40, private=40, test=0):
    names = np.repeat(["train", "public", "private", "test"], [train, public, private, test])
    n = len(names)
    images = np.arange(n, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 5, 1), np.uint8)
    return Faces(images, np.arange(n) % 2, names, np.arange(n), ("angry", "happy"))


def test_official_gives_each_split_its_own_rows():
    divided = splits.divide(faces(), "official")
    assert (len(divided.train), len(divided.select), len(divided.test)) == (100, 40, 40)
    assert (divided.select_name, divided.test.name, divided.private) == ("PublicTest", "PrivateTest", None)


def test_merged_tests_on_both_and_seals_privatetest_for_comparison():
    divided = splits.divide(faces(), "merged")
    assert (len(divided.train), len(divided.select), len(divided.test), len(divided.private)) == (90, 10, 80, 40)
    assert set(divided.select.split) == {"train"}


def test_a_merged_test_set_in_the_source_is_called_so_and_never_selects():
    divided = splits.divide(faces(public=0, private=0, test=30), "official")
    assert (divided.test.name, set(divided.select.split)) == ("merged test", {"train"})


def test_validation_and_test_that_are_no_publictest_and_privatetest_are_called_what_they_are():
    source = faces(private=0, test=30)
    divided = splits.divide(source, "official")
    assert (divided.select_name, divided.test.name) == ("validation", "test")
    assert (len(divided.train), len(divided.select), len(divided.test)) == (100, 40, 30)
    assert splits.divide(source, "carved").test.name == "test"


def test_too_few_faces_of_a_class_to_divide_are_said_in_one_line():
    source = faces(public=0, private=0, test=2)
    lonely = source.take(np.flatnonzero((source.labels == 0) | (source.rows == 1) | (source.split == "test")))
    with pytest.raises(UserError, match=r"enough faces of each class in .* Received: angry 50, happy 1 \("):
        splits.divide(lonely, "official")
    with pytest.raises(UserError, match="enough faces of each class"):
        splits.subset(source.where("train"), 1, seed=0)


def test_pooled_has_no_privatetest_to_compare_with():
    divided = splits.divide(faces(), "pooled")
    assert (len(divided.test), len(divided.train) + len(divided.select), divided.private) == (36, 144, None)


@pytest.mark.parametrize("split", splits.SPLITS)
def test_no_row_stands_on_two_sides_and_classes_stay_balanced(split):
    divided = splits.divide(faces(), split, seed=5)
    test = divided.test.open("test", finished=True)
    sides = [set(part.rows.tolist()) for part in (divided.train, divided.select, test)]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert abs(divided.train.labels.mean() - 0.5) < 0.02


def test_a_carved_split_is_the_same_for_the_same_seed_only():
    rows = [splits.divide(faces(), "carved", seed).select.rows.tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_test_rows_stay_sealed_until_the_run_has_finished():
    sealed = splits.divide(faces(), "official").test
    with pytest.raises(RuntimeError, match="finished run before PrivateTest is opened"):
        sealed.open("early stopping", finished=False)
    assert sealed.access == []


def test_each_access_to_test_rows_is_recorded():
    sealed = splits.divide(faces(), "official").test
    sealed.open("evaluation", finished=True)
    assert [(entry["split"], entry["why"]) for entry in sealed.access] == [("PrivateTest", "evaluation")]


@pytest.mark.parametrize("use", ["fit", "select"])
def test_neither_training_nor_selection_takes_sealed_rows(use):
    sealed = splits.divide(faces(), "official").test
    with pytest.raises(TypeError, match="Expected Faces. Received: Sealed"):
        if use == "fit":
            pipeline.training_batches(sealed, pipeline.Treatment(Augment()), batch_size=4, seed=0)
        else:
            pipeline.evaluation_batches(sealed, batch_size=4)


def test_a_source_without_test_rows_is_refused():
    with pytest.raises(UserError, match="PublicTest and PrivateTest"):
        splits.divide(faces(public=0, private=0), "official")


def test_a_subset_keeps_the_proportions():
    kept = splits.subset(faces(), 20, seed=0)
    assert (len(kept), kept.labels.sum()) == (20, 10)
    assert len(splits.subset(faces(), None, seed=0)) == 180
