"""Face detectors: where the faces of an image are."""

from fer_keras.detection.face import Box, Detector, Face, Framing
from fer_keras.detection.registry import DETECTORS, open_detector

__all__ = ["DETECTORS", "Box", "Detector", "Face", "Framing", "open_detector"]
