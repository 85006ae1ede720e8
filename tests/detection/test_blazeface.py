import numpy as np
import pytest
from PIL import Image

from fer_keras import litert
from fer_keras.data.readers.toy import toy_faces
from fer_keras.detection import blazeface, open_detector
from fer_keras.detection.blazeface import anchors, decoded
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
    assert centres[[0, 1, 2, 511]].tolist() == [[4, 4], [4, 4], [12, 4], [124, 124]]
    assert centres[[512, 517, 518, 895]].tolist() == [[8, 8], [8, 8], [24, 8], [120, 120]]


def test_a_larger_image_has_more_cells_of_the_same_size():
    centres = anchors(128, 256)
    assert centres.shape == (2 * 896, 2)
    assert centres[[63, 64, 1023]].tolist() == [[252, 4], [4, 12], [252, 124]]
    assert centres[[1024, 1119, 1120, 1791]].tolist() == [[8, 8], [248, 8], [8, 24], [248, 120]]


def test_boxes_are_decoded_about_their_anchor_and_extreme_logits_do_not_overflow():
    raw, logits = np.zeros((896, 16), np.float32), np.full((896, 1), -1000, np.float32)
    raw[0, :4], logits[0] = (6, -2, 40, 20), 1000
    raw[1, :4], logits[1] = (0, 0, -5, 5), 1000
    with np.errstate(over="raise"):
        boxes, scores = decoded(raw, logits, anchors())
    assert boxes.tolist() == [[4 + 6 - 20, 4 - 2 - 10, 40, 20]]
    assert scores.tolist() == [1.0]


def test_a_score_is_enough_from_the_least_one_on():
    raw = np.full((896, 16), 9, np.float32)
    logits = np.full((896, 1), -1, np.float32)
    logits[[3, 5], 0] = np.float32(np.log(0.65 / 0.35)), np.float32(np.log(0.6 / 0.4))
    _, scores = decoded(raw, logits, anchors())
    assert scores == pytest.approx([0.65])


class Shown:
    """Stands in for the network: shows the boxes (left, top, width, height, score) of its next look."""

    def __init__(self, *looks):
        self.looks, self.seen = list(looks), []

    def __call__(self, values):
        self.seen.append(values[0])
        centres = anchors(*values.shape[1:3])
        raw, logits = np.zeros((1, len(centres), 16), np.float32), np.full((1, len(centres), 1), -9, np.float32)
        for at, (left, top, width, height, score) in enumerate(self.looks.pop(0) if self.looks else ()):
            centre = left + width / 2, top + height / 2
            raw[0, at, :4] = *(np.array(centre) - centres[at]), width, height
            logits[0, at] = np.log(score / (1 - score))
        return [raw, logits]


def shown(*looks, levels=1):
    """Return a detector of so many levels whose network shows `looks`, one after the other, and that network."""
    detector = blazeface.BlazeFace(levels)
    detector._network = Shown(*looks)
    return detector, detector._network


SQUARE = np.arange(85, dtype=np.uint8)[np.newaxis, :, np.newaxis].repeat(85, axis=0).repeat(3, axis=2)
"""Level 0 shows it unchanged, 21 pixels from the left and the top."""


def test_what_is_sure_at_once_is_not_looked_at_again():
    detector, network = shown([(31, 41, 30, 30, 0.99995)])
    (face,) = detector.find(SQUARE)
    assert face.box == pytest.approx((10, 20, 30, 30), abs=1e-4)
    assert len(network.seen) == 1
    detector, network = shown([])
    assert detector.find(SQUARE) == [] and len(network.seen) == 1


def test_what_is_unsure_is_looked_at_again_in_the_mirror_and_counts_where_it_is_there_too():
    """At 0.9 twice a face is sure to 0.99; in 128 pixels the mirror image of left 31 and width 30 is left 67."""
    once, mirrored = (31, 41, 30, 30, 0.901), (67, 41, 30, 30, 0.901)
    detector, network = shown([once], [mirrored])
    (face,) = detector.find(SQUARE)
    assert face.box == pytest.approx((10, 20, 30, 30), abs=1e-4)
    assert (network.seen[1] == network.seen[0][:, ::-1]).all()
    detector, network = shown([once], [])
    assert detector.find(SQUARE) == [] and len(network.seen) == 2


def test_in_a_fine_level_only_the_surroundings_of_an_unsure_face_are_looked_at_again():
    """Level 2 of 256x128 pixels shows this image as it is; the window about (200, 64) begins at 128, 28 + 30 from its right."""
    image = np.random.default_rng(0).integers(0, 256, (128, 256, 3), dtype=np.uint8)
    once, again, other = (185, 49, 30, 30, 0.901), (41, 49, 30, 30, 0.901), (70, 10, 30, 30, 0.99995)
    detector, network = shown([], [], [once], [again, other], levels=3)
    (face,) = detector.find(image)
    assert face.box == pytest.approx((185, 49, 30, 30), abs=1e-4)
    assert [look.shape[:2] for look in network.seen] == [(128, 128), (128, 128), (128, 256), (128, 128)]
    assert (network.seen[3] == network.seen[2][:, 128:][:, ::-1]).all()


def test_each_unsure_face_has_a_window_as_large_as_it_needs_and_its_place_is_that_of_the_window():
    """Level 3 of 512x384 pixels: about 200, 300 a window of 128 at 128, 240; about 400, 130 one of 256 at 256, 0."""
    image = np.random.default_rng(0).integers(0, 256, (384, 512, 3), dtype=np.uint8)
    small, large = (185, 285, 30, 30, 0.901), (360, 90, 80, 80, 0.902)
    mirrored = [(256 - 104 - 80, 90, 80, 80, 0.902)], [(128 - 57 - 30, 45, 30, 30, 0.901)]
    detector, network = shown([], [], [], [small, large], *mirrored, levels=4)
    assert [face.box for face in detector.find(image)] == [
        *(pytest.approx(box[:4], abs=1e-3) for box in (large, small)),
    ]
    assert (network.seen[4] == network.seen[3][:256, 256:][:, ::-1]).all()
    assert (network.seen[5] == network.seen[3][240:368, 128:256][:, ::-1]).all()


def test_in_the_mirror_image_of_a_whole_level_faces_count_that_were_not_seen_before():
    once, mirrored = (31, 41, 30, 30, 0.901), [(67, 41, 30, 30, 0.901), (10, 80, 30, 30, 0.999)]
    detector, _ = shown([once], mirrored)
    assert len(detector.find(SQUARE)) == 2


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
    assert detector.find(Image.fromarray(canvas).convert("RGB")) == found


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
