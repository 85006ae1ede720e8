import dataclasses

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.detection import open_detector
from fer_keras.io.errors import UserError
from fer_keras.studies.clean import cleaning
from fer_keras.studies.clean.cleaning import Rules, find, without_face

PICTURES = np.random.default_rng(5).integers(0, 256, (8, 48, 48, 1), dtype=np.uint8)
BLANK = np.full((48, 48, 1), 7, np.uint8)


def made(*rows, votes=None):
    """Faces from (picture, label, split), numbered from 100."""
    images, labels, split = zip(*rows, strict=True)
    return Faces(
        images=np.stack([BLANK if one is None else PICTURES[one] if isinstance(one, int) else one for one in images]),
        labels=np.array(labels),
        split=np.array(split),
        rows=100 + np.arange(len(rows)),
        class_names=FER2013_CLASSES,
        source="made",
        votes=votes,
    )


def reasons(faces, rules=None, detector=None):
    rules = rules or Rules()
    return {drop.row: (drop.reason, drop.detail) for drop in find(faces, rules, detector)}


def test_blank_training_rows_go_and_blank_evaluation_rows_stay():
    faces = made((None, 0, "train"), (0, 0, "train"), (None, 0, "public"))
    assert reasons(faces) == {100: ("blank", "standard deviation 0.00")}


def test_training_rows_that_occur_in_evaluation_go_whatever_their_label():
    faces = made((0, 0, "train"), (0, 3, "train"), (1, 0, "train"), (0, 0, "private"), (0, 0, "private"))
    assert reasons(faces) == dict.fromkeys((100, 101), ("in evaluation", "row 103 of private"))


def test_of_copies_that_agree_the_first_is_kept():
    faces = made((0, 2, "train"), (1, 2, "train"), (0, 2, "train"), (0, 2, "train"))
    assert reasons(faces) == dict.fromkeys((102, 103), ("duplicate", "row 100 of train"))
    assert reasons(faces, Rules(duplicates=False)) == {}


def test_of_copies_that_disagree_the_majority_s_first_is_kept():
    faces = made((0, 1, "train"), (0, 2, "train"), (0, 2, "train"))
    assert reasons(faces) == {
        100: ("contradiction", "fear 2, disgust 1; copies: 101 102"),
        102: ("duplicate", "row 101 of train"),
    }


def test_in_a_tie_all_go_even_where_duplicates_are_kept():
    faces = made((0, 1, "train"), (0, 2, "train"), (1, 2, "train"))
    found = reasons(faces, Rules(duplicates=False))
    assert found == {
        100: ("contradiction", "disgust 1, fear 1; copies: 101"),
        101: ("contradiction", "disgust 1, fear 1; copies: 100"),
    }


def test_copies_within_evaluation_are_nobody_s_business():
    assert reasons(made((0, 1, "public"), (0, 2, "public"), (1, 0, "train"))) == {}


def test_near_copies_go_when_asked_the_first_staying():
    smooth = np.kron(np.random.default_rng(2).integers(40, 200, (3, 8, 8)), np.ones((6, 6))).astype(np.uint8)[..., None]
    first, second, third = smooth
    faces = made(
        (first, 0, "train"),
        (first + 9, 4, "train"),
        (second, 0, "train"),
        (second[:, ::-1] + 9, 0, "private"),
        (third, 0, "train"),
    )
    assert reasons(faces) == {}
    assert reasons(faces, Rules(near=True)) == {
        101: ("near duplicate", "row 100 of train, correlation 1.00"),
        102: ("near evaluation", "row 103 of private, mirrored, correlation 1.00"),
    }


def test_no_face_is_what_more_than_half_of_the_voters_say():
    votes = np.zeros((4, 10), np.float32)
    votes[:, 9] = (5, 6, 10, 10)
    votes[:, 0] = 10 - votes[:, 9]
    faces = made((0, 0, "train"), (1, 0, "train"), (2, 0, "train"), (3, 0, "public"), votes=votes)
    assert reasons(faces, Rules(faces="votes")) == {
        101: ("no face", "by 6 of 10 FER+ votes"),
        102: ("no face", "by 10 of 10 FER+ votes"),
    }
    assert sorted(without_face(faces, "votes")) == [1, 2, 3]


def test_votes_that_are_not_there_are_asked_for():
    with pytest.raises(UserError, match="FER\\+ votes for --faces votes. Received: none beside made"):
        find(made((0, 0, "train")), Rules(faces="votes"))


def test_the_detector_drops_what_it_takes_for_no_face(toy, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_KERAS_CACHE", str(tmp_path))
    detector = open_detector("haar")
    face = next(image for image in toy.images if detector.find(image))
    faces = made((face, 3, "train"), (0, 3, "train"))
    assert reasons(faces, Rules(faces="detector"), detector) == {
        101: ("no face", "by haarcascade_frontalface_default.xml")
    }


def test_the_first_reason_that_fits_is_given():
    votes = np.zeros((3, 10), np.float32)
    votes[:, 9] = 10
    faces = made((None, 0, "train"), (0, 0, "train"), (0, 0, "public"), votes=votes)
    found = reasons(faces, Rules(faces="votes"))
    assert [reason for reason, _ in found.values()] == ["blank", "in evaluation"]
    order = list(cleaning.REASONS)
    assert order.index("blank") < order.index("in evaluation") < order.index("no face")


def test_a_drop_names_row_split_and_label():
    faces = dataclasses.replace(made((None, 3, "train"), (0, 0, "train")), rows=np.array([7, 8]))
    (drop,) = find(faces, Rules())
    assert drop[:4] == (7, "train", "happy", "blank")
