"""FER+: reading the votes, joining them to their faces, the majority rule and soft labels."""

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus
from fer_keras.io.errors import UserError

HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
ROWS = (
    "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0",
    "PublicTest,fer1.png,0,10,0,0,0,0,0,0,0,0",
    "PrivateTest,,0,0,0,0,0,0,0,0,0,10",
)


def write(path, rows=ROWS, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def faces(splits, labels, rows=None):
    n = len(splits)
    rows = np.arange(n) if rows is None else np.array(rows)
    return Faces(
        np.zeros((n, 2, 3, 1), np.uint8), np.array(labels), np.array(splits), rows, FER2013_CLASSES, source="some faces"
    )


def test_votes_are_read_with_their_split(tmp_path):
    votes = ferplus.read_votes(write(tmp_path / "fer2013new.csv"))
    assert votes.counts.dtype == np.float32
    assert votes.counts.tolist() == [
        [4, 0, 0, 1, 3, 2, 0, 0, 0, 0],
        [0, 10, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
    ]
    assert votes.split.tolist() == ["train", "public", "private"]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        (["Training,a.png,4,0,0,1,3,2,0,0,0"], HEADER, r"12 columns in .* row 0 \(line 2\)\. Received: 11"),
        (["Train,a.png,4,0,0,1,3,2,0,0,0,0"], HEADER, r"a Usage of .* row 0 \(line 2\)\. Received: 'Train'"),
        (
            [ROWS[0], "Training,a.png,4,0,0,-1,3,2,0,0,0,0"],
            HEADER,
            r"votes 0..100 in .* row 1 \(line 3\)\. Received: '-1'",
        ),
        (["Training,a.png,4,0,0,101,3,2,0,0,0,0"], HEADER, r"votes 0..100 .* Received: '101'"),
        ([""], HEADER, r"12 columns in .* row 0 \(line 2\)\. Received: 0"),
        ([], HEADER, "a header and nothing after it"),
        (ROWS, "emotion,pixels,Usage", "the header .* Received: 'emotion,pixels,Usage'"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(rows, header, message, tmp_path):
    with pytest.raises(UserError, match=message) as caught:
        ferplus.read_votes(write(tmp_path / "fer2013new.csv", rows, header))
    assert "\n" not in str(caught.value)


def test_missing_empty_and_binary_files_are_refused(tmp_path):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "binary.csv").write_bytes(b"\xff\x00\xfe" * 9)
    for name in ("missing.csv", "empty.csv", "binary.csv"):
        with pytest.raises(UserError, match=r"FER\+'s CSV file"):
            ferplus.read_votes(tmp_path / name)


def test_join_goes_by_row(tmp_path):
    votes = ferplus.read_votes(write(tmp_path / "fer2013new.csv"))
    joined = ferplus.join(faces(["private", "train"], [0, 1], rows=[2, 0]), votes)
    assert joined.votes.tolist() == votes.counts[[2, 0]].tolist()


def test_join_refuses_another_split_and_rows_without_votes(tmp_path):
    votes = ferplus.read_votes(write(tmp_path / "fer2013new.csv"))
    with pytest.raises(
        UserError, match=r"same Usage for row 1 in both. Received: public from FER\+ and private from some faces"
    ):
        ferplus.join(faces(["train", "private"], [0, 1]), votes)
    with pytest.raises(UserError, match=r"votes for row 3 of some faces. Received: votes for 3 rows"):
        ferplus.join(faces(["train"], [0], rows=[3]), votes)


def test_join_refuses_votes_in_another_order():
    labels = np.arange(200) % 7
    counts = np.zeros((200, 10), np.float32)
    counts[np.arange(200), [FERPLUS_CLASSES.index(FER2013_CLASSES[label]) for label in labels]] = 10
    votes = ferplus.Votes(counts, np.array(["train"] * 200))
    assert ferplus.join(faces(["train"] * 200, labels), votes).votes is not None
    with pytest.raises(
        UserError, match=r"agree with the labels of some faces in 40% of the rows. Received: 0% of 200 rows"
    ):
        ferplus.join(faces(["train"] * 200, (labels + 1) % 7), votes)


@pytest.mark.parametrize(
    ("votes", "label"),
    [
        ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0),
        ([0, 0, 0, 0, 0, 0, 0, 6, 4, 0], 7),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], -1),  # one half is no majority
        ([5, 1, 1, 1, 1, 1, 0, 0, 0, 0], 0),  # five single votes are struck out
        ([4, 0, 0, 1, 3, 2, 0, 0, 0, 0], -1),  # row 0 of FER+: 4 of the 9 left
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], -1),  # nothing left
        ([2, 0, 0, 0, 0, 0, 0, 0, 8, 0], -1),  # unknown wins
        ([0, 4, 0, 0, 0, 0, 0, 0, 0, 6], -1),  # NF wins
    ],
)
def test_the_majority_rule_by_hand(votes, label):
    labels, keep = ferplus.majority(np.array([votes], np.float32))
    assert labels.tolist() == [label] and keep.tolist() == [label >= 0]


def test_labels_map_to_fer2013_by_name_and_contempt_to_none():
    assert ferplus.to_fer2013(np.array([0, 1, 2, 3, 4, 5, 6, 7, -1])).tolist() == [6, 3, 5, 4, 0, 1, 2, -1, -1]


def test_soft_labels_leave_out_contempt_unknown_and_nf():
    votes = np.array(
        [[4, 0, 0, 1, 3, 2, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 2, 3, 2, 1], [0, 0, 0, 0, 0, 0, 0, 5, 0, 5]], np.float32
    )
    soft = ferplus.soft_labels(votes, np.array([0, 1, 2]))
    assert soft.dtype == np.float32
    np.testing.assert_allclose(
        soft, [[0.3, 0.2, 0, 0, 0.1, 0, 0.4], [0, 0, 0.5, 0, 0, 0, 0.5], [0, 0, 1, 0, 0, 0, 0]], rtol=1e-6
    )
