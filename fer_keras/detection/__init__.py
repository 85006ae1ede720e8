"""Face detectors: where the faces of an image are."""
