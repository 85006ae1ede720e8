"""The detectors' former place, until every importer has moved to fer_keras.detection."""

from fer_keras.detection.haar import BORDER, CASCADE, LONG_SIDE, SHORT_SIDE, SMALLEST, Box, Detector, opencv

__all__ = ["BORDER", "CASCADE", "LONG_SIDE", "SHORT_SIDE", "SMALLEST", "Box", "Detector", "opencv"]
