"""YuNet (Wu et al. 2023), from its ONNX file (github.com/opencv/opencv_zoo), run by OpenCV."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.detection.face import Face, Framing
from fer_keras.detection.opencv import BORDER, LONG_SIDE, SHORT_SIDE, opencv, search_framed
from fer_keras.io.errors import expected
from fer_keras.io.paths import require_file

WHAT = "YuNet's ONNX file"


class YuNet:
    """The network in `file` as a Detector. Raises UserError without OpenCV, and for a file that is no such network."""

    framing = Framing()

    def __init__(self, file: Path):
        self._cv = opencv()
        self.version = f"OpenCV {self._cv.__version__}"
        self.settings = (BORDER, SHORT_SIDE, LONG_SIDE)
        digest = hashlib.sha256(require_file(file, WHAT).read_bytes()).hexdigest()
        self.name = f"YuNet {digest[:12]}"
        try:
            self._network = self._cv.FaceDetectorYN.create(str(file), "", (320, 320))
        except self._cv.error as error:
            raise expected(f"{WHAT} at {file}", "something that OpenCV cannot load") from error

    def find(self, image: np.ndarray | Image.Image) -> list[Face]:
        """Return the faces in uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey), or an RGB picture, the largest first."""
        return search_framed(self._cv, np.asarray(image), self._search)

    def _search(self, image):
        colour = self._cv.COLOR_GRAY2BGR if image.ndim == 2 else self._cv.COLOR_RGB2BGR
        self._network.setInputSize((image.shape[1], image.shape[0]))
        _, found = self._network.detect(self._cv.cvtColor(image, colour))
        return [] if found is None else [Face(tuple(map(float, row[:4])), float(row[14])) for row in found]
