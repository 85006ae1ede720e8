import dataclasses

import numpy as np
import pytest
from PIL import Image

from fer_keras.data.crop import boxes, crop, crop_faces, cut, cut_out, square
from fer_keras.data.readers.toy import toy_faces
from fer_keras.detection import Face, Framing, open_detector
from fer_keras.detection.haar import CASCADE


@pytest.fixture(scope="module")
def detector():
    return open_detector("haar")


@pytest.fixture(scope="module")
def faces():
    return toy_faces(n_train=20, n_public=8, n_private=8, seed=3)


@pytest.fixture(scope="module")
def face(faces, detector):
    """A drawn face that the detector knows for one, uint8 [48, 48, 1]."""
    return next(image for image in faces.images if detector.find(image))


def test_the_square_is_centred_on_the_box_and_as_wide_as_its_longer_side():
    assert square((20.0, 30.0, 40.0, 20.0), 0.0, 100, 200) == (20, 20, 40)


def test_the_margin_widens_it_on_each_side_by_a_share_of_the_box():
    assert square((40.0, 40.0, 20.0, 20.0), 0.25, 100, 100) == (35, 35, 30)


def test_it_is_moved_into_the_image_and_shrunk_to_its_short_side():
    assert square((-10.0, 80.0, 30.0, 30.0), 0.0, 100, 200) == (0, 70, 30)
    assert square((-6.0, -6.0, 60.0, 60.0), 0.0, 48, 48) == (0, 0, 48)


def test_the_largest_face_is_found_where_it_is(face, detector):
    """Three times and once the size, side by side on grey: the larger one, at (20, 30), is cropped."""
    canvas = np.full((220, 300, 1), 128, np.uint8)
    canvas[30:174, 20:164] = face.repeat(3, axis=0).repeat(3, axis=1)
    canvas[60:108, 220:268] = face
    left, top, width, height = detector.find(canvas)[0].box
    assert abs(left + width / 2 - 92) < 15
    assert abs(top + height / 2 - 102) < 15
    assert 90 < width < 180
    found = crop(canvas, 48, detector)
    assert found.pixels.shape == (48, 48, 1)
    assert found.box == (left, top, width, height)


def test_colour_keeps_its_channels(face, detector):
    found = crop(np.repeat(face, 3, axis=2), 64, detector)
    assert found.pixels.shape == (64, 64, 3)
    assert found.box is not None


def test_without_a_face_the_centre_is_taken_and_the_box_is_none(detector):
    image = np.zeros((40, 60, 1), np.uint8)
    image[:, 10:50] = 200
    found = crop(image, 40, detector)
    assert found.box is None
    np.testing.assert_array_equal(found.pixels, np.full((40, 40, 1), 200))


def test_a_photo_is_shrunk_for_the_search_and_its_box_is_in_its_own_pixels(face, detector):
    photo = np.full((1500, 2000, 1), 128, np.uint8)
    photo[400:880, 1000:1480] = face.repeat(10, axis=0).repeat(10, axis=1)
    left, top, width, height = detector.find(photo)[0].box
    assert abs(left + width / 2 - 1240) < 60
    assert abs(top + height / 2 - 640) < 60


def test_a_negative_margin_is_an_error(face, detector):
    with pytest.raises(ValueError, match="Expected a margin from 0 up. Received: -0.1"):
        crop(face, 48, detector, -0.1)


def test_a_data_set_is_cropped_row_by_row_as_a_photo_is(faces, detector, tmp_path):
    cropped, record = crop_faces(faces, detector, cache_dir=tmp_path)
    found = ~np.isnan(boxes(faces, detector, tmp_path)[:, 0])
    for at in range(len(faces)):
        expected = crop(faces.images[at], 48, detector).pixels if found[at] else faces.images[at]
        np.testing.assert_array_equal(cropped.images[at], expected)
    assert record["detector"] == CASCADE
    assert record["version"].startswith("OpenCV ")
    assert record["margin"] == 0.0
    assert record["rows"] == {"train": 20, "public": 8, "private": 8}
    assert sum(record["found"].values()) == found.sum() > 0
    assert record["changed"] == (cropped.images != faces.images).any(axis=(1, 2, 3)).sum()
    np.testing.assert_array_equal(cropped.rows, faces.rows)


def test_faces_are_looked_for_once_and_a_damaged_cache_is_made_anew(faces, detector, tmp_path, capsys):
    first = boxes(faces, detector, tmp_path)
    capsys.readouterr()
    np.testing.assert_array_equal(boxes(faces, detector, tmp_path), first)
    assert capsys.readouterr().out == ""
    (kept,) = tmp_path.glob("boxes-*.npy")
    kept.write_bytes(b"damaged")
    np.testing.assert_array_equal(boxes(faces, detector, tmp_path), first)
    other = dataclasses.replace(faces, images=255 - faces.images)
    boxes(other, detector, tmp_path)
    assert len(list(tmp_path.glob("boxes-*.npy"))) == 2


def test_a_photo_is_cropped_to_the_frame_that_the_detector_s_framing_says():
    """A box of 20x16 at (40, 30): FER2013's frame is 1.5 times its longer side, moved up by a tenth of that."""

    class Drawn:
        framing = Framing(scale=1.5, down=-0.1)

        def find(self, image):
            return [Face((40.0, 30.0, 20.0, 16.0), 0.9)]

    image = np.arange(100, dtype=np.uint8).repeat(100).reshape(100, 100, 1)
    found = crop(image, 30, Drawn())
    assert found.box == (40.0, 30.0, 20.0, 16.0)
    np.testing.assert_array_equal(found.pixels, image[21:51, 35:65])


@pytest.mark.parametrize("limit", [100, None])
@pytest.mark.parametrize("frame", [(20.0, 30.0, 41.0, 41.0), (70.0, 70.0, 60.0, 60.0), None])
@pytest.mark.parametrize("side", [20, 41, 70])
def test_a_picture_is_cut_as_its_pixels_are_beyond_pillows_own_limit_too(frame, side, limit, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    image = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    left, top, edge = square(frame or (0.0, 0.0, 120.0, 90.0), 0.0, 90, 120)
    how = Image.Resampling.BOX if side < edge else Image.Resampling.BICUBIC
    wanted = Image.fromarray(image[top : top + edge, left : left + edge])
    wanted = np.asarray(wanted if side == edge else wanted.resize((side, side), how))
    np.testing.assert_array_equal(cut_out(Image.fromarray(image), side, frame), wanted)
    np.testing.assert_array_equal(cut(image, side, frame), wanted)
