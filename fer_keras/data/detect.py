"""The detectors' former place, until every importer has moved to fer_keras.detection."""

from fer_keras.detection import open_detector as Detector

__all__ = ["Detector"]
