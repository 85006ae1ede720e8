"""Agreement of the two labellings, counted by hand."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.labels import FERPLUS_CLASSES
from fer_keras.studies.audit import agreement, findings, labels_page, page


def votes(*winners):
    """Return votes float32 [N, 10], all ten for each winner; None splits them so that no one has a majority."""
    names = (*FERPLUS_CLASSES, "unknown", "NF")
    found = np.zeros((len(winners), 10), np.float32)
    for row, winner in zip(found, winners, strict=True):
        if winner is None:
            row[:2] = 5
        else:
            row[names.index(winner)] = 10
    return found


@pytest.fixture(scope="module")
def voted(toy):
    """Eight rows of angry, happy and sad; six in Training, two in PrivateTest."""
    faces = toy.take(np.arange(8))
    labels = np.array([0, 0, 0, 3, 3, 4, 4, 4])
    given = votes("angry", "angry", "disgust", "happy", "contempt", "NF", "sad", None)
    split = np.array(["train"] * 6 + ["private"] * 2)
    return dataclasses.replace(faces, labels=labels, split=split, votes=given)


def test_agreement_is_counted_by_split_and_class(voted):
    found = agreement.summary(voted)["splits"]
    assert list(found) == ["all", "train", "private"]
    every = found["all"]
    assert (every["dropped"], every["contempt"], every["compared"], every["agree"]) == (2, 1, 5, 4)
    assert every["rows"] == {"angry": 3, "disgust": 0, "fear": 0, "happy": 2, "sad": 3, "surprise": 0, "neutral": 0}
    table = np.array(every["table"])
    assert (table[0, 0], table[0, 1], table[3, 3], table[4, 4], table.sum()) == (2, 1, 1, 1, 5)
    # four of five agree; by chance (3 x 2 + 0 x 1 + 1 x 1 + 1 x 1) / 25 = 8 / 25 would
    assert every["kappa"] == pytest.approx((0.8 - 0.32) / 0.68)
    assert (found["private"]["compared"], found["private"]["dropped"]) == (1, 1)


def test_faces_without_votes_have_no_agreement(toy):
    assert agreement.summary(toy) == {}


def test_an_audit_of_faces_with_votes_writes_the_json_and_its_page(voted, tmp_path):
    found = findings.find(voted, threshold=0.97)
    page.write(found, findings.summary(found), tmp_path)
    record = labels_page.read(tmp_path / "labels.json")
    assert record["splits"] == agreement.summary(voted)["splits"]
    assert (tmp_path / "labels.md").read_text() == labels_page.render(record)
