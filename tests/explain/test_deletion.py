"""The deletion check against scores that are known."""

import numpy as np
import pytest

from fer_keras.explain.deletion import HIDDEN, deletion, hidden_by, moves

SIDE = 20
FACE = np.zeros((SIDE, SIDE, 1), np.uint8)
FACE[5:7, 5:7] = 255


def block(faces):
    """The first class is the mean brightness of the four pixels from (5, 5)."""
    bright = faces[:, 5:7, 5:7, 0].mean(axis=(1, 2)) / 255
    return np.stack([bright, 1 - bright], axis=1)


def test_a_map_of_what_counts_beats_chance_by_known_numbers():
    marked = (FACE[..., 0] > 0).astype(float)
    found = deletion(block, FACE, marked, 0)
    assert found.score == 1
    assert found.left == pytest.approx(round(255 * 4 / 400) / 255)  # hidden from the first step on: 8 of 400 pixels
    assert found.p == 1 / 40 and found.beats_chance
    assert found.chance > 0.5
    assert found.words == f"hidden: 1.00 to 0.01, by chance {found.chance:.2f}, p 0.025: beats chance"


def test_a_map_of_the_opposite_does_not():
    found = deletion(block, FACE, 1 - FACE[..., 0] / 255.0, 0)
    assert found.left == 1 and not found.beats_chance
    assert found.words.endswith("does not beat chance")


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.full((5, 5), 0.7)])
def test_a_map_that_is_the_same_everywhere_is_chance_itself(values):
    found = deletion(block, FACE, values, 0)
    assert found.p == 1 and found.left == pytest.approx(found.chance)


def test_hidden_pixels_are_those_most_marked_and_nested():
    marks = np.arange(100.0).reshape(10, 10)
    hidden = hidden_by(marks, (0.05, 0.5))
    np.testing.assert_array_equal(hidden[0], marks >= 95)
    np.testing.assert_array_equal(hidden[1], marks >= 50)


def test_equal_marks_are_hidden_in_the_same_random_order():
    first, second = hidden_by(np.zeros((10, 10))), hidden_by(np.ones((10, 10)))
    np.testing.assert_array_equal(first, second)
    assert first.sum(axis=(1, 2)).tolist() == [round(100 * share) for share in HIDDEN]
    assert not first[2].ravel()[:10].all()


def test_moves_differ_and_none_stays():
    drawn = moves((6, 7), 41)
    assert len(set(drawn)) == 41 and (0, 0) not in drawn
    assert moves((6, 7), 5) == drawn[:5]
