"""OpenCV's detectors: Haar cascades and YuNet."""

import sys

import numpy as np
import pytest

from fer_keras.detection import open_detector
from fer_keras.io.errors import UserError


def test_without_opencv_the_error_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(UserError, match=r'none installed. Run: pip install "opencv-python-headless>=4.10,<5"'):
        open_detector("haar")


def test_opencv_5_without_cascades_is_named(monkeypatch):
    import cv2

    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(UserError, match=r"an OpenCV with Haar cascades \(4.x\). Received: OpenCV .*--detector"):
        open_detector("haar")


def test_a_file_that_is_no_yunet_is_refused(tmp_path):
    (tmp_path / "yunet.onnx").write_bytes(b"no network")
    with pytest.raises(
        UserError, match="YuNet's ONNX file at .*yunet.onnx. Received: something that OpenCV cannot load"
    ):
        open_detector(tmp_path / "yunet.onnx")
    with pytest.raises(UserError, match="YuNet's ONNX file at .*none.onnx"):
        open_detector(tmp_path / "none.onnx")


def test_yunet_gets_the_framed_image_in_bgr_and_its_box_comes_back_in_the_image_s_pixels(tmp_path, monkeypatch):
    """A 48x48 image with its border of 12 is 72x72, enlarged twice; the larger of two boxes is (24, 24, 96, 96)."""
    import cv2

    seen = {}

    class Network:
        def setInputSize(self, size):
            seen["size"] = size

        def detect(self, image):
            seen["pixel"] = image[0, 0].tolist()
            rows = np.zeros((2, 15), np.float32)
            rows[:, :4] = [(0, 0, 20, 20), (24, 24, 96, 96)]
            rows[:, 14] = (0.5, 0.875)
            return 1, rows

    (tmp_path / "yunet.onnx").write_bytes(b"stands in")
    monkeypatch.setattr(cv2.FaceDetectorYN, "create", lambda *arguments: Network())
    detector = open_detector(tmp_path / "yunet.onnx")
    image = np.full((48, 48, 3), (10, 20, 30), np.uint8)
    large, small = detector.find(image)
    assert large.box == (0.0, 0.0, 48.0, 48.0)
    assert small.box == (-12.0, -12.0, 10.0, 10.0)
    assert [large.score, small.score] == [0.875, 0.5]
    assert seen == {"size": (144, 144), "pixel": [30, 20, 10]}
    assert detector.name.startswith("YuNet ")
