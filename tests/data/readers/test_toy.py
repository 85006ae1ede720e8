"""Toy faces: counts, seeds, people, and that they can be told apart."""

import dataclasses

import numpy as np
import pytest

from fer_keras.data.readers import ferplus, toy
from fer_keras.data.readers.toy_draw import FEATURES, SIDE, draw


@pytest.fixture(scope="module")
def faces():
    return toy.toy_faces(700, 120, 120, seed=3)


def test_they_are_faces_in_fer2013s_form_and_say_that_they_are_drawn(faces):
    assert faces.images.shape == (940, 48, 48, 1) and faces.images.dtype == np.uint8
    assert faces.synthetic and faces.source == "toy faces"
    assert faces.split.tolist() == ["train"] * 700 + ["public"] * 120 + ["private"] * 120
    assert faces.rows.tolist() == list(range(940))


def test_class_sizes_are_fer2013s_shares_by_largest_remainder():
    assert toy.class_sizes("train", 28709).tolist() == [3995, 436, 4097, 7215, 4830, 3171, 4965]
    # 100 rows: 13.92, 1.52, 14.27, 25.13, 16.82, 11.05, 17.29; the three rows left go to .92, .82 and .52
    assert toy.class_sizes("train", 100).tolist() == [14, 2, 14, 25, 17, 11, 17]
    assert toy.class_sizes("private", 0).tolist() == [0] * 7


def test_the_classes_of_each_split_have_these_sizes(faces):
    for split, n in (("train", 700), ("public", 120), ("private", 120)):
        found = np.bincount(faces.labels[faces.split == split], minlength=7)
        assert found.tolist() == toy.class_sizes(split, n).tolist()


def test_equal_seeds_give_equal_faces_and_others_do_not():
    first, again, other = (toy.toy_faces(20, 10, 10, seed=seed) for seed in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_nobody_is_in_two_splits():
    crowds = [toy.people(split, 400, seed) for split in toy.SPLITS for seed in (0, 1)]
    everybody = np.concatenate(crowds)
    assert everybody.shape == (2400, len(toy.IDENTITY))
    assert len(np.unique(everybody, axis=0)) == 2400


def test_people_appear_more_than_once_within_a_split(monkeypatch):
    seen = []

    def spy(expression, identity, pose, noise):
        seen.append(np.stack(list(identity.values()), axis=1))
        return draw(expression, identity, pose, noise)

    monkeypatch.setattr(toy, "draw", spy)
    toy.toy_faces(80, 0, 0)
    people = {tuple(person) for batch in seen for person in batch.tolist()}
    assert people <= {tuple(person) for person in toy.people("train", 10, 0).tolist()}
    assert 1 < len(people) <= 10


def test_features_stay_within_the_rows_that_they_are_drawn_on(monkeypatch):
    before = toy.toy_faces(60, 0, 0).images
    monkeypatch.setattr(
        "fer_keras.data.readers.toy_draw.FEATURES", tuple((feature, slice(0, SIDE)) for feature, _ in FEATURES)
    )
    changed = (before != toy.toy_faces(60, 0, 0).images).mean()
    assert changed < 1e-3


def test_a_linear_classifier_beats_chance_on_new_people(faces):
    train, test = faces.where("train"), faces.where("private")
    inputs = [part.images[:, ::2, ::2, 0].reshape(len(part), -1) / 255.0 for part in (train, test)]
    inputs = [(part - part.mean(1, keepdims=True)) / part.std(1, keepdims=True) for part in inputs]
    gram = inputs[0] @ inputs[0].T + 30 * np.eye(700)
    weights = inputs[0].T @ np.linalg.solve(gram, np.eye(7)[train.labels])
    accuracy = ((inputs[1] @ weights).argmax(1) == test.labels).mean()
    assert 0.35 < accuracy < 0.95


def test_votes_favour_the_label(faces):
    voted = toy.with_votes(faces)
    assert voted.votes.sum(axis=1).tolist() == [10.0] * len(faces)
    labels, keep = ferplus.majority(voted.votes)
    assert keep.all()
    np.testing.assert_array_equal(ferplus.to_fer2013(labels), faces.labels)


def test_photographs_get_no_votes(faces):
    with pytest.raises(ValueError, match="Expected drawn faces"):
        toy.with_votes(dataclasses.replace(faces, synthetic=False))
