import numpy as np
import pytest
import tensorflow as tf

from fer_keras.studies.gan import augment

CENTRE = 0.5
"""Leaves brightness, contrast and place as they are."""
OUTSIDE = 0.0
"""Puts a quarter of the square (12 of its 24 pixels each way) over the upper left corner."""


def draws(brightness=CENTRE, contrast=CENTRE, down=CENTRE, right=CENTRE, cut_down=OUTSIDE, cut_right=OUTSIDE):
    return np.array([[brightness, contrast, down, right, cut_down, cut_right]], np.float32)


def dot(row, column):
    face = np.zeros((1, 48, 48, 1), np.float32)
    face[0, row, column] = 1
    return face


def test_the_middle_of_every_range_changes_nothing_but_the_square():
    face = np.random.default_rng(0).uniform(-1, 1, (1, 48, 48, 1)).astype(np.float32)
    expected = face.copy()
    expected[:, :12, :12] = 0
    np.testing.assert_allclose(augment.distorted(face, draws()), expected, atol=1e-6)


@pytest.mark.parametrize(("draw", "moved"), [(0.0, -6), (0.999, 6), (0.54, 1)])
def test_a_shift_moves_down_and_right_by_whole_pixels(draw, moved):
    found = np.asarray(augment.distorted(dot(30, 20), draws(down=draw)))
    assert np.argwhere(found > 0.5).tolist() == [[0, 30 + moved, 20, 0]]
    found = np.asarray(augment.distorted(dot(30, 20), draws(right=draw)))
    assert np.argwhere(found > 0.5).tolist() == [[0, 30, 20 + moved, 0]]


def test_what_is_shifted_out_is_gone_and_what_comes_in_is_mid_grey():
    found = np.asarray(augment.distorted(np.ones((1, 48, 48, 1), np.float32), draws(down=0.999)))
    assert (found[0, :6] == 0).all()
    assert (found[0, 12:] == 1).all()


def test_brightness_adds_and_contrast_multiplies_about_the_mean():
    face = np.full((1, 48, 48, 1), 0.25, np.float32)
    face[:, 24:] = 0.75
    bright = np.asarray(augment.distorted(face, draws(brightness=1.0)))
    assert (bright[0, 20, 30, 0], bright[0, 40, 30, 0]) == (0.75, 1.25)
    flat = np.asarray(augment.distorted(face, draws(contrast=0.0)))
    assert (flat[0, 20, 30, 0], flat[0, 40, 30, 0]) == (0.375, 0.625)


def test_the_square_covers_a_quarter_of_the_face_at_most():
    ones = np.ones((1, 48, 48, 1), np.float32)
    inside = np.asarray(augment.distorted(ones, draws(cut_down=CENTRE, cut_right=CENTRE)))
    assert np.argwhere(inside[0, :, :, 0] == 0)[[0, -1]].tolist() == [[12, 12], [35, 35]]
    assert (inside == 0).sum() == 24 * 24


def test_it_gives_the_same_in_a_graph_and_lets_gradients_through():
    rng = np.random.default_rng(2)
    faces = tf.constant(rng.uniform(-1, 1, (4, 48, 48, 1)), tf.float32)
    numbers = rng.random((4, 6), np.float32)
    np.testing.assert_allclose(
        tf.function(augment.distorted)(faces, numbers), augment.distorted(faces, numbers), atol=1e-6
    )
    with tf.GradientTape() as tape:
        tape.watch(faces)
        total = tf.reduce_sum(augment.distorted(faces, draws()))
    gradient = tape.gradient(total, faces).numpy()
    np.testing.assert_allclose(gradient[0, 30, 30, 0], 1.0, atol=1e-5)
