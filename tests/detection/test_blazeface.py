import numpy as np
import pytest

from fer_keras import litert
from fer_keras.data.readers.toy import toy_faces
from fer_keras.detection import blazeface, open_detector
from fer_keras.detection.blazeface import SIDE, anchors, decoded
from fer_keras.io.errors import UserError


@pytest.fixture(scope="module")
def detector():
    return open_detector()


def test_the_default_detector_is_blazeface_and_its_name_tells_the_file(detector):
    assert detector.name == "BlazeFace 3bc182eb9f33"
    assert detector.version == litert.version()
    assert open_detector("blazeface").name == detector.name
    assert open_detector("blazeface-fast").name == "BlazeFace fast 3bc182eb9f33"


def test_a_name_in_a_record_opens_the_detector_that_it_was():
    for name in ("blazeface", "blazeface-fast", "haar"):
        assert open_detector(open_detector(name).name).name == open_detector(name).name


def test_anchors_are_the_centres_of_16_by_16_cells_twice_then_of_8_by_8_six_times():
    centres = anchors()
    assert centres.shape == (896, 2)
    assert centres[[0, 1, 2, 511]].tolist() == [
        [1 / 32, 1 / 32],
        [1 / 32, 1 / 32],
        [3 / 32, 1 / 32],
        [31 / 32, 31 / 32],
    ]
    assert centres[[512, 517, 518, 895]].tolist() == [[1 / 16] * 2, [1 / 16] * 2, [3 / 16, 1 / 16], [15 / 16] * 2]


def test_boxes_are_decoded_about_their_anchor_and_extreme_logits_do_not_overflow():
    raw, logits = np.zeros((896, 16), np.float32), np.full((896, 1), -1000, np.float32)
    raw[0, :4], logits[0] = (6, -2, 40, 20), 1000
    raw[1, :4], logits[1] = (0, 0, -5, 5), 1000
    with np.errstate(over="raise"):
        boxes, scores = decoded(raw, logits, anchors())
    assert boxes.tolist() == [[SIDE / 32 + 6 - 20, SIDE / 32 - 2 - 10, 40, 20]]
    assert scores.tolist() == [1.0]


def test_a_box_at_a_side_within_the_image_is_of_a_face_that_is_cut():
    boxes = np.array([(0, 30, 50, 50), (30, 0, 50, 50), (78, 30, 50, 50), (30, 30, 50, 50)], float)
    assert blazeface._whole(boxes, (True, False, False, True)).tolist() == [False, True, True, True]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400), (48, 48, 1), (300, 20, 3), (700, 500)])
def test_an_image_of_one_colour_has_no_face_whatever_its_shape(detector, shape):
    assert detector.find(np.full(shape, 128, np.uint8)) == []


def test_a_drawn_face_is_found_where_it_is_grey_or_in_colour(detector):
    """Drawn faces are poor ones; of those that it knows for faces, one is pasted into a larger picture."""
    images = toy_faces(n_train=60, n_public=8, n_private=8, seed=3).images[..., 0]
    face = next(image for image in images if detector.find(image))
    canvas = np.full((300, 400), 128, np.uint8)
    canvas[40:232, 150:342] = face.repeat(4, axis=0).repeat(4, axis=1)
    found = detector.find(canvas)
    left, top, width, height = detector.framing.frame(found[0].box)
    assert abs(left + width / 2 - 246) < 40
    assert abs(top + height / 2 - 136) < 40
    assert 120 < width < 300
    assert detector.find(np.repeat(canvas[..., np.newaxis], 3, axis=2)) == found
    assert detector.find(canvas[..., np.newaxis]) == found


def test_a_damaged_or_missing_file_is_told_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(blazeface.importlib.resources, "files", lambda package: tmp_path)
    with pytest.raises(
        UserError, match=r"^Expected the package's file face_detection_short_range.tflite. Received: none"
    ):
        open_detector()
    (tmp_path / "weights" / blazeface.FILE).write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"with sha256 3bc182eb9f33. Received: [0-9a-f]{12}. Install fer-keras anew.$"):
        open_detector()


def test_an_unknown_name_is_told_with_those_that_are_known():
    known = "blazeface, blazeface-fast, haar, yunet"
    with pytest.raises(UserError, match=rf"Expected a detector \({known}\) or YuNet's ONNX file .*Received: viola."):
        open_detector("viola")
    with pytest.raises(UserError, match="Expected YuNet's ONNX file for this detector. Received: no file."):
        open_detector("yunet")
