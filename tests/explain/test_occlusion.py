"""Occlusion of a classifier that reads one block of pixels."""

import numpy as np

from fer_keras.explain.occlusion import covered, drops, occlusion_map, patches

SIDE = 12


def block(faces):
    """The first class is the brightness of the pixel at (3, 8)."""
    bright = faces[:, 3, 8, 0] / 255
    return np.stack([bright, 1 - bright], axis=1)


FACE = np.zeros((SIDE, SIDE, 1), np.uint8)
FACE[3, 8] = 255


def test_patches_of_8_by_8_every_4_pixels_of_48():
    hidden = patches(48)
    assert hidden.shape == (144, 48, 48)
    assert np.argwhere(hidden[13]).min(axis=0).tolist() == [2, 2] and hidden[13].sum() == 64
    assert hidden[0].sum() == 36  # its centre is two pixels from the edge
    assert hidden.any(axis=0).all()


def test_only_the_patches_over_the_block_count():
    dropped = drops(block, FACE)
    over = patches(SIDE)[:, 3, 8].reshape(12, 12)
    mean = round(255 / 144)
    np.testing.assert_allclose(dropped[..., 0], np.where(over, 1 - mean / 255, 0), rtol=1e-6)
    np.testing.assert_allclose(dropped[..., 1], -dropped[..., 0], atol=1e-6)


def test_a_rise_is_no_mark():
    dropped = drops(block, FACE)
    assert occlusion_map(dropped, 0).max() > 0.9
    np.testing.assert_array_equal(occlusion_map(dropped, 1), 0)


def test_hidden_pixels_have_the_mean_colour_of_the_face():
    face = np.zeros((2, 2, 3), np.uint8)
    face[0] = 100, 50, 200
    hidden = np.array([[[True, False], [False, True]]])
    (found,) = covered(face, hidden)
    assert found[0, 0].tolist() == [50, 25, 100] and found[0, 1].tolist() == [100, 50, 200]
