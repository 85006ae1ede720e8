"""Exact copies and blank images, on hand-made faces."""

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import duplicates
from fer_keras.data.faces import Faces


def _faces(images, labels, split):
    return Faces(images, np.array(labels), np.array(split), np.arange(len(images)) + 100, FER2013_CLASSES)


def _pictures(*which):
    """Return images [N, 6, 5, 1]; equal numbers give equal pixels."""
    return np.stack([np.random.default_rng(n).integers(0, 256, (6, 5, 1)) for n in which]).astype(np.uint8)


def test_groups_hold_equal_pictures_in_order_of_their_first_member():
    faces = _faces(_pictures(7, 1, 2, 1, 3, 2, 1), [0, 1, 2, 1, 0, 3, 1], ["train"] * 3 + ["public"] * 4)
    groups = duplicates.exact(faces)
    assert [group.tolist() for group in groups] == [[1, 3, 6], [2, 5]]
    assert duplicates.conflicting(groups, faces.labels).tolist() == [False, True]
    assert duplicates.crossing(groups, faces.split).tolist() == [True, True]
    assert duplicates.firsts(faces.images).tolist() == [0, 1, 2, 1, 4, 2, 1]


def test_a_group_within_one_split_does_not_cross():
    faces = _faces(_pictures(1, 1, 2), [4, 4, 4], ["train", "train", "public"])
    groups = duplicates.exact(faces)
    assert duplicates.crossing(groups, faces.split).tolist() == [False]
    assert duplicates.conflicting(groups, faces.labels).tolist() == [False]


def test_one_grey_level_makes_another_picture():
    images = _pictures(1, 1)
    images[1, 5, 4, 0] ^= 1
    assert duplicates.exact(_faces(images, [0, 0], ["train", "train"])) == []


def test_equal_bytes_in_another_shape_are_another_picture():
    tall = np.arange(12, dtype=np.uint8).reshape(1, 4, 3, 1)
    assert duplicates.content_ids(tall) != duplicates.content_ids(tall.reshape(1, 3, 4, 1))


def test_no_faces_have_no_copies():
    faces = _faces(_pictures(1)[:0], np.zeros(0, int), np.zeros(0, str))
    assert duplicates.exact(faces) == []
    assert len(duplicates.blank(faces)) == 0


def test_constant_images_are_blank_and_so_are_almost_constant_ones():
    images = np.full((4, 6, 5, 1), 128, np.uint8)
    images[1, 0, 0] = 129  # Standard deviation sqrt(29) / 30 = 0.18 grey levels.
    images[2, :3] = 124  # Half at 124, half at 128: exactly 2.
    images[3] = _pictures(9)[0]
    faces = _faces(images, [0] * 4, ["train"] * 4)
    np.testing.assert_allclose(duplicates.spread(images)[:3], [0, np.sqrt(29) / 30, 2])
    assert duplicates.constant(faces).tolist() == [True, False, False, False]
    assert duplicates.blank(faces).tolist() == [True, True, False, False]


def test_an_image_of_one_colour_is_constant_only_when_its_channels_agree():
    images = np.full((2, 6, 5, 3), 50, np.uint8)
    images[1, ..., 2] = 80
    assert duplicates.constant(_faces(images, [0, 0], ["train", "train"])).tolist() == [True, False]
