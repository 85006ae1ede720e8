"""Mass on eyes, brows and mouth, by hand."""

import numpy as np
import pytest

from fer_keras.studies.where_it_looks import regions


def test_areas_are_the_boxes_counted():
    assert regions.areas() == {
        "brows": pytest.approx(2 * 13 * 4 / 2304),
        "eyes": pytest.approx(2 * 12 * 6 / 2304),
        "mouth": pytest.approx(18 * 7 / 2304),
    }


@pytest.mark.parametrize("margin", [0, regions.WIDER])
def test_regions_are_disjoint_and_as_wide_left_as_right(margin):
    masks = regions.masks(margin)
    assert masks.sum(axis=0).max() == 1
    np.testing.assert_array_equal(masks, masks[:, :, ::-1])


@pytest.mark.parametrize("grid", [(48, 48), (6, 6), (3, 3), (1, 1)])
def test_a_uniform_map_has_the_areas(grid):
    found = regions.mass(np.full((2, *grid), 0.3))
    np.testing.assert_allclose(found, [list(regions.areas().values())] * 2, rtol=1e-6)


def test_a_map_of_zeros_counts_as_uniform():
    np.testing.assert_allclose(regions.mass(np.zeros((1, 6, 6)))[0], list(regions.areas().values()), rtol=1e-6)


def test_mass_by_hand():
    values = np.zeros((1, 48, 48))
    values[0, 17, 14] = 3  # an eye
    values[0, 38, 24] = 1  # the mouth
    values[0, 0, 0] = 4  # a corner
    np.testing.assert_allclose(regions.mass(values), [[0, 3 / 8, 1 / 8]], rtol=1e-6)


def test_a_cell_of_a_coarse_map_is_spread_bilinearly():
    values = np.zeros((1, 6, 6))
    values[0, 4, 2] = 1  # its centre is at row 36, column 20
    wanted = (
        np.clip(1 - np.abs(np.arange(48) + 0.5 - 36) / 8, 0, 1),
        np.clip(1 - np.abs(np.arange(48) + 0.5 - 20) / 8, 0, 1),
    )
    spread = np.outer(*wanted) / np.outer(*wanted).sum()
    np.testing.assert_allclose(regions.mass(values)[0, 2], spread[35:42, 15:33].sum(), rtol=1e-5)


def test_moved_maps_begin_with_the_map_itself_and_are_uniform_on_average():
    values = np.random.default_rng(0).random((6, 6))
    moved = regions.moved_mass(values)
    assert moved.shape == (2304,)
    assert moved[0] == pytest.approx(regions.mass(values[None]).sum())
    assert moved.mean() == pytest.approx(sum(regions.areas().values()))


def test_a_move_by_hand():
    values = np.zeros((48, 48))
    values[0, 0] = 1
    moved = regions.moved_mass(values).reshape(48, 48)
    np.testing.assert_allclose(moved, regions.masks().any(axis=0), atol=1e-9)


def test_the_nose_lies_between_the_regions_and_peaks_are_told():
    left, top, right, bottom = regions.NOSE
    assert not regions.masks()[:, top:bottom, left:right][2].any(), "nose and mouth overlap"
    values = np.zeros((6, 6))
    values[3, 3] = 1  # its centre is at row 28, column 28
    assert regions.peaks_on_nose(values)
    assert not regions.peaks_on_nose(np.roll(values, 2, axis=0))
