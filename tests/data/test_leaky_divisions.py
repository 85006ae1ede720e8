"""Which side copies fall on: in the leaky divisions, where rows repeat, and in their control."""

import dataclasses

import numpy as np
import pytest

from fer_keras.data import leaky_divisions, splits
from fer_keras.data.contamination import contamination
from fer_keras.data.groups import families


@pytest.fixture(scope="module")
def photographed(toy):
    """The drawn faces as if photographed: noise over each, so that no two are alike; rows 0..399 are the positions."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (len(toy), 12, 12, 1)).repeat(4, 1).repeat(4, 2)
    images = (0.5 * toy.images + 0.5 * coarse).astype(np.uint8)
    return dataclasses.replace(toy, images=images, rows=np.arange(len(toy)), synthetic=False)


@pytest.fixture(scope="module")
def planted(photographed):
    """Every face of the first hundred again among the last: by turns pixel for pixel, darker, mirrored, twice removed."""
    images = photographed.images.copy()
    images[300:325] = images[0:25]
    images[325:350] = images[25:50] // 2 + 20
    images[350:375] = images[50:75, :, ::-1]
    images[375:400] = images[300:325] // 2 + 20
    return dataclasses.replace(photographed, images=images)


def test_families_join_copies_and_the_copies_of_copies(planted):
    found = families(planted)
    assert found[:300].tolist() == list(range(300))
    assert found[300:375].tolist() == list(range(75))
    assert found[375:].tolist() == list(range(25))


def test_among_drawn_faces_only_exact_copies_are_a_family(planted):
    found = families(dataclasses.replace(planted, synthetic=True))
    assert found[300:325].tolist() == list(range(25))
    assert found[325:].tolist() == list(range(325, 400))


def test_components_are_named_after_their_least_row():
    from fer_keras.data.groups import _components

    pairs = np.array([[3, 1], [0, 4], [4, 2]])
    assert _components(6, pairs, np.array([10, 20, 30, 40, 50, 60])).tolist() == [10, 20, 10, 20, 10, 60]


def test_the_control_tests_on_nothing_that_is_trained_on(planted):
    divided = splits.divide(planted, "grouped", seed=2)
    test = divided.test.open("test", finished=True)
    nothing = {"exact_rows": [], "near_rows": []}
    assert contamination(divided.train, test) == contamination(divided.train, divided.select) == nothing
    assert len(divided.train) + len(divided.select) + len(test) == 400
    assert 60 <= len(test) <= 100
    assert np.bincount(test.labels, minlength=7).min() >= 1


def test_at_random_copies_fall_on_both_sides(planted):
    divided = splits.divide(planted, "leaky-duplicates", seed=0)
    test = divided.test.open("test", finished=True)
    assert (len(divided.train), len(divided.select), len(test)) == (288, 32, 80)
    found = contamination(divided.train, test)
    assert len(found["near_rows"]) > len(found["exact_rows"]) > 0
    pooled = splits.divide(planted, "pooled", seed=0)
    assert pooled.train.rows.tolist() == divided.train.rows.tolist()
    assert pooled.test.open("test", finished=True).rows.tolist() == test.rows.tolist()


def test_repeated_rows_make_the_classes_equal(toy):
    faces = leaky_divisions.balanced(toy, seed=0)
    largest = int(np.bincount(toy.labels).max())
    assert np.bincount(faces.labels).tolist() == [largest] * 7
    source, copy = faces.rows % leaky_divisions.COPY_STEP, faces.rows // leaky_divisions.COPY_STEP
    assert set(source.tolist()) == set(toy.rows.tolist())
    often = np.bincount(source)
    sizes = np.bincount(toy.labels)
    for label in range(7):
        mine = often[toy.rows[toy.labels == label]]
        assert set(mine.tolist()) <= {largest // sizes[label], largest // sizes[label] + 1}
    original = {row: position for position, row in enumerate(toy.rows.tolist())}
    positions = [original[row] for row in source.tolist()]
    assert (faces.images == toy.images[positions]).all()
    assert (faces.split == toy.split[positions]).all()
    assert copy[source == source[0]].tolist() == list(range(often[source[0]]))


def test_the_seed_alone_decides(toy):
    rows = [leaky_divisions.oversampled(toy, seed)[2].rows.tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]


def test_votes_go_with_their_rows(toy):
    voted = dataclasses.replace(toy, votes=np.arange(len(toy), dtype=np.float32)[:, None] * np.ones(10, np.float32))
    faces = leaky_divisions.balanced(voted, seed=0)
    place = {row: n for n, row in enumerate(toy.rows.tolist())}
    assert faces.votes[:, 0].tolist() == [place[row] for row in (faces.rows % leaky_divisions.COPY_STEP).tolist()]


def test_most_rows_of_a_small_class_are_trained_on_and_tested_on(toy):
    divided = splits.divide(toy, "leaky-oversample", seed=0)
    test = divided.test.open("test", finished=True)
    known = set((divided.train.rows % leaky_divisions.COPY_STEP).tolist())
    disgust = test.rows[test.labels == 1] % leaky_divisions.COPY_STEP
    assert np.isin(disgust, list(known)).mean() > 0.9
    assert len(contamination(divided.train, test)["exact_rows"]) > len(test) / 2


def test_row_ids_that_leave_no_room_for_copies_are_refused(toy):
    with pytest.raises(ValueError, match=r"Expected row ids 0\.\.999999\. Received: 1000000\.\.1000399"):
        leaky_divisions.balanced(dataclasses.replace(toy, rows=np.arange(len(toy)) + leaky_divisions.COPY_STEP), seed=0)


@pytest.mark.parametrize("split", ["grouped", "leaky-duplicates", "leaky-oversample"])
def test_privatetest_is_not_scored_where_it_is_trained_on(toy, split):
    divided = splits.divide(toy, split)
    assert divided.private is None
    assert "private" in divided.train.split
    assert divided.test.name.startswith("20 % of all rows")
