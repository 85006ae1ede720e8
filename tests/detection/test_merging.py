import numpy as np
import pytest

from fer_keras.detection.merging import are_same, groups, merged


def test_boxes_of_one_face_are_averaged_by_their_scores():
    boxes = np.array([(0, 0, 40, 40), (4, 0, 40, 40), (100, 0, 30, 30)], float)
    first, second = merged(boxes, np.array([0.9, 0.6, 0.7]))
    assert first.box == pytest.approx((1.6, 0, 40, 40))
    assert (first.score, second.score) == (0.9, 0.7)
    assert second.box == pytest.approx((100, 0, 30, 30))


def test_a_box_within_a_better_one_is_dropped_and_not_averaged():
    boxes = np.array([(0, 0, 100, 100), (10, 10, 20, 20)], float)
    (face,) = merged(boxes, np.array([0.9, 0.8]))
    assert face.box == pytest.approx((0, 0, 100, 100))


def test_a_group_whose_boxes_are_not_sure_enough_together_is_left_out():
    """Two at 0.9 agree to 0.99, one at 0.9 to 0.9."""
    boxes = np.array([(0, 0, 40, 40), (1, 0, 40, 40), (100, 0, 30, 30)], float)
    (face,) = merged(boxes, np.array([0.9, 0.9, 0.9]), least_agreement=0.989)
    assert face.box == pytest.approx((0.5, 0, 40, 40))


def test_no_boxes_are_no_faces():
    assert merged(np.zeros((0, 4)), np.zeros(0)) == []
    assert are_same(np.zeros((0, 4)), (0, 0, 40, 40)).tolist() == []


def test_boxes_are_of_the_same_face_from_three_tenths_of_their_union_on():
    """Moved by 20 of 40 pixels they share 800 of 2400, by 22 they share 720 of 2480."""
    boxes = np.array([(20, 0, 40, 40), (22, 0, 40, 40), (0, 0, 40, 40), (0, 0, 20, 20)], float)
    assert are_same(boxes, (0, 0, 40, 40)).tolist() == [True, False, True, False]


def test_groups_say_how_sure_their_boxes_are_together():
    boxes = np.array([(0, 0, 40, 40), (1, 0, 40, 40), (100, 0, 30, 30)], float)
    first, second = groups(boxes, np.array([0.9, 0.8, 0.7]))
    assert (first[0].score, first[1]) == (0.9, pytest.approx(0.98))
    assert (second[0].score, second[1]) == (0.7, pytest.approx(0.7))
