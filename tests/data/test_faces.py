import numpy as np
import pytest

from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError


def faces(**changes):
    fields = {
        "images": np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4, 1),
        "labels": np.array([1, 0]),
        "split": np.array(["train", "public"]),
        "rows": np.array([7, 9]),
        "class_names": ("angry", "happy"),
    }
    return Faces(**(fields | changes))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("images", np.zeros((2, 3, 4, 1), np.float32)),
        ("images", np.zeros((2, 3, 4, 2), np.uint8)),
        ("labels", np.array([1])),
        ("labels", np.array([1, 2])),
        ("rows", np.array([7, 7])),
        ("votes", np.zeros((3, 10), np.float32)),
    ],
)
def test_arrays_that_disagree_are_refused(field, value):
    with pytest.raises(ValueError, match="Expected"):
        faces(**{field: value})


def test_faces_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        faces().images[0] = 0


def test_the_fingerprint_is_of_the_content_not_of_where_it_came_from():
    assert (
        faces().fingerprint == faces(source="elsewhere", split=np.array(["train", "public"], dtype="<U20")).fingerprint
    )
    assert faces().fingerprint != faces(labels=np.array([0, 0])).fingerprint
    assert faces().fingerprint != faces(split=np.array(["train", "private"])).fingerprint


def test_where_takes_rows_of_a_split_or_says_which_there_are():
    assert faces().where("public").rows.tolist() == [9]
    with pytest.raises(UserError, match="rows of split private.*public, train"):
        faces().where("private")


def test_counts_by_split_and_class():
    assert faces().counts() == {"train": {"angry": 0, "happy": 1}, "public": {"angry": 1, "happy": 0}}
