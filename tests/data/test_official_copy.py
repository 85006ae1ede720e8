"""The gate: what counts as the official FER2013."""

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES
from fer_keras.data import official_copy
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError


def faces_with(counts, class_names=FER2013_CLASSES):
    labels = [label for classes in counts.values() for label, n in enumerate(classes.values()) for _ in range(n)]
    split = np.repeat(list(counts), [sum(classes.values()) for classes in counts.values()])
    n = len(labels)
    return Faces(np.zeros((n, 1, 1, 1), np.uint8), np.array(labels), split, np.arange(n), class_names, source="a copy")


def test_the_official_counts_are_the_published_ones():
    counts = official_copy.official_counts()
    assert {split: sum(classes.values()) for split, classes in counts.items()} == {
        "train": 28709,
        "public": 3589,
        "private": 3589,
    }
    assert list(counts["train"].values()) == [3995, 436, 4097, 7215, 4830, 3171, 4965]
    assert list(counts["public"].values()) == [467, 56, 496, 895, 653, 415, 607]
    assert list(counts["private"].values()) == [491, 55, 528, 879, 594, 416, 626]


def test_the_merged_test_set_has_the_re_issues_counts():
    counts = official_copy.official_counts(merged=True)
    assert list(counts) == ["train", "test"]
    assert list(counts["test"].values()) == [958, 111, 1024, 1774, 1247, 831, 1233]


@pytest.mark.parametrize("merged", [False, True])
def test_official_faces_pass(merged):
    faces = faces_with(official_copy.official_counts(merged))
    assert official_copy.check(faces) == []
    assert official_copy.require_official(faces, allow_unofficial=False) is True
    assert official_copy.is_merged(faces) is merged


def test_one_row_less_is_told_by_split_and_class():
    faces = faces_with(official_copy.official_counts())
    less = faces.take(np.arange(len(faces)) != 28709 + 467)
    assert official_copy.check(less) == [
        "split public: 3,588 rows instead of 3,589",
        "split public, disgust: 55 rows instead of 56",
    ]
    with pytest.raises(
        UserError, match=r"split public: 3,588 rows .* \(and 1 more differences\)\. Give --allow-unofficial"
    ):
        official_copy.require_official(less, allow_unofficial=False)
    assert official_copy.require_official(less, allow_unofficial=True) is False


def test_missing_foreign_and_half_merged_splits_are_differences():
    counts = official_copy.official_counts()
    assert official_copy.check(faces_with({"train": counts["train"]}))[0] == "split public: 0 rows instead of 3,589"
    extra = faces_with(counts | {"test": {"angry": 2}})
    assert official_copy.check(extra) == ["split test: 2 rows instead of none"]
    assert not official_copy.is_merged(extra)


def test_other_classes_are_no_fer2013():
    faces = faces_with({"train": {"neutral": 2}}, FERPLUS_CLASSES)
    assert len(official_copy.check(faces)) == 1 and official_copy.check(faces)[0].startswith("classes: neutral, happy")
