import hashlib

import numpy as np
import pytest

from fer_keras.data import drop
from fer_keras.data.drop import Drop
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError

HEADER = "row,split,label,reason,detail,file\n"


def faces():
    return Faces(
        images=np.arange(4 * 48 * 48, dtype=np.uint32).astype(np.uint8).reshape(4, 48, 48, 1),
        labels=np.array([0, 1, 0, 1]),
        split=np.array(["train", "train", "train", "public"]),
        rows=np.array([10, 11, 12, 13]),
        class_names=("angry", "sad"),
        source="four.csv",
    )


def listed(tmp_path, text):
    path = tmp_path / "dropped.csv"
    path.write_text(HEADER + text)
    return drop.read(path)


def test_what_is_written_is_read_back_in_order_of_rows(tmp_path):
    path = tmp_path / "dropped.csv"
    drops = [
        Drop(12, "train", "angry", "contradiction", "angry 1, sad 1; copies: 3"),
        Drop(9, "train", "sad", "unreadable", "cannot be decoded", "train/sad/a.png"),
    ]
    drop.write(path, drops)
    found = drop.read(path)
    assert list(found.drops) == drops[::-1]
    assert found.rows.tolist() == [12]
    assert found.unreadable == {"train/sad/a.png"}
    assert found.described() == {
        "list": "dropped.csv",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": 2,
        "reasons": {"unreadable": 1, "contradiction": 1},
    }


def test_listed_rows_are_left_out_and_others_stay(tmp_path):
    dropped = listed(tmp_path, "11,train,sad,blank,,\n")
    drop.require_fits(dropped, faces())
    assert drop.remaining(faces(), dropped).rows.tolist() == [10, 12, 13]


def test_nothing_left_is_an_error(tmp_path):
    dropped = listed(tmp_path, "10,train,angry,blank,,\n11,train,sad,blank,,\n")
    with pytest.raises(UserError, match="Expected rows that are not on dropped.csv. Received: none"):
        drop.remaining(faces().take(np.array([0, 1])), dropped)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "13,public,sad,blank,,\n",
            r"images of train only in .* line 2. Received: 'public'. Evaluation images are never",
        ),
        ("eleven,train,sad,blank,,\n", r"a row number in .* line 2. Received: 'eleven'"),
        ("-1,train,sad,blank,,\n", "a row number"),
        ("11,train,sad,blank\n", "6 columns in .* line 2. Received: 4"),
        ("11,train,sad,blank,,\n11,train,sad,duplicate,,\n", "each row once"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        listed(tmp_path, text)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("emotion,pixels,Usage\n")
    with pytest.raises(UserError, match='the header "row,split,label,reason,detail,file"'):
        drop.read(tmp_path / "other.csv")
    (tmp_path / "other.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="a list of images to drop at"):
        drop.read(tmp_path / "other.csv")
    with pytest.raises(UserError, match="a list of images to drop at"):
        drop.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("14,train,sad,blank,,\n", r"row 14 .* in four.csv. Received: no such row. The list was made for other data"),
        ("11,train,angry,blank,,\n", r"row 11 of dropped.csv \(train, angry\) in four.csv. Received: train, sad"),
        ("13,train,sad,blank,,\n", "Received: public, sad"),
    ],
)
def test_a_list_of_other_data_is_refused(tmp_path, text, says):
    with pytest.raises(UserError, match=says):
        drop.require_fits(listed(tmp_path, text), faces())


def test_an_unreadable_file_needs_no_row(tmp_path):
    drop.require_fits(listed(tmp_path, "14,train,sad,unreadable,why,train/sad/a.png\n"), faces())
