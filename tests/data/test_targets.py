"""What labels are on average for faces with the same votes, against counting them."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.settings import Augment
from fer_keras.data.pipeline import Treatment, training_batches
from fer_keras.data.targets import expected_labels

HAPPY, AFRAID = [0, 9, 0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 3, 0, 0, 0, 7, 0, 0, 0]


def test_for_few_kinds_of_votes_the_expected_label_is_the_share_of_each_label_among_its_kind():
    """Three in four of one kind are labelled 3, nine in ten of the other 5: surprise, whatever most votes were for."""
    votes = np.array([HAPPY] * 400 + [AFRAID] * 400)
    labels = np.array([3, 3, 3, 6] * 100 + [5] * 360 + [2] * 40)
    expected = expected_labels(votes, labels, 7)
    np.testing.assert_allclose(expected[:400], np.tile([0, 0, 0, 0.75, 0, 0, 0.25], (400, 1)), atol=0.01)
    np.testing.assert_allclose(expected[400:], np.tile([0, 0, 0.1, 0, 0, 0.9, 0], (400, 1)), atol=0.01)


def test_the_expected_labels_of_all_rows_are_as_frequent_as_the_labels():
    """So the targets' class frequencies are the labels' own, which a network's mean answer follows."""
    rng = np.random.default_rng(0)
    votes, labels = rng.multinomial(10, [0.1] * 10, 500), rng.integers(0, 7, 500)
    expected = expected_labels(votes, labels, 7)
    np.testing.assert_allclose(expected.sum(axis=1), 1)
    np.testing.assert_allclose(expected.mean(axis=0), np.bincount(labels) / 500, atol=1e-3)


def test_votes_that_say_nothing_and_classes_that_are_not_there():
    none = np.zeros((6, 10))
    np.testing.assert_allclose(
        expected_labels(none, np.array([1, 1, 1, 4, 4, 4]), 7)[0], np.eye(7)[[1, 4]].mean(axis=0)
    )
    assert expected_labels(none[:2], np.array([5, 5]), 7).tolist() == [[0, 0, 0, 0, 0, 1, 0]] * 2


@pytest.mark.parametrize("treatment", [{"soft_labels": True}, {"expected_labels": 0.5}])
def test_faces_without_votes_have_no_soft_labels(toy, treatment):
    bare = dataclasses.replace(toy, votes=None, source="x.csv")
    with pytest.raises(ValueError, match=r"with FER\+ votes for soft labels. Received: none in x.csv"):
        training_batches(bare, Treatment(Augment(), **treatment), batch_size=8, seed=0)
