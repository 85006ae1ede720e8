"""The detectors' former interface, until every importer has moved to fer_keras.detection."""

from pathlib import Path

from fer_keras.detection import Box, open_detector
from fer_keras.detection.haar import CASCADE, SMALLEST
from fer_keras.detection.opencv import BORDER, LONG_SIDE, SHORT_SIDE, opencv

__all__ = ["BORDER", "CASCADE", "LONG_SIDE", "SHORT_SIDE", "SMALLEST", "Box", "Detector", "opencv"]


class Detector:
    def __init__(self, file: Path | None = None):
        self._detector = open_detector(file)
        self.name, self.version = self._detector.name, self._detector.version.removeprefix("OpenCV ")

    def largest(self, image) -> Box | None:
        return next((face.box for face in self._detector.find(image)), None)
