"""Maps enlarged, and made into shares."""

import numpy as np
import pytest

from fer_keras.explain.maps import Map, enlarged, shares


def test_enlarging_by_hand():
    row = enlarged(np.array([[0.0, 4.0]]), 4)[0]
    np.testing.assert_allclose(row, [0, 1, 3, 4])


def test_the_same_everywhere_stays_so():
    np.testing.assert_allclose(enlarged(np.full((3, 5), 0.25), 48), 0.25)


def test_each_cell_has_the_same_part_of_the_image():
    for cell in np.eye(9).reshape(9, 3, 3):
        assert enlarged(cell, 48).sum() == pytest.approx(256, rel=1e-5)


def test_shares_sum_to_one_and_zeros_are_uniform():
    found = shares(np.array([[[1.0, 3.0]], [[0.0, 0.0]]]))
    np.testing.assert_allclose(found, [[[0.25, 0.75]], [[0.5, 0.5]]])


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_other_values_are_refused(bad):
    with pytest.raises(ValueError, match="Expected maps of finite values from 0 up"):
        shares(np.array([[bad, 1.0]]))


def test_names():
    blank = np.zeros((1, 1))
    assert Map("grad_cam", blank, "sad", "conv").name == "Grad-CAM, sad"
    assert Map("spatial_attention", blank, layer="spatial_attention").name == "spatial attention"
    assert Map("spatial_attention", blank, layer="stage3").name == "spatial attention, stage3"
