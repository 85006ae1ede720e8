"""A trained model as a function of photos. `fer_keras.inference.loading` reads one from a file."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterable

import numpy as np

from fer_keras.explain.explanation import Explanation
from fer_keras.inference.faces import FaceFinder, finder
from fer_keras.inference.photo import MOST_PIXELS
from fer_keras.inference.results import Prediction, Predictions
from fer_keras.inference.stream import see

BATCH_SIZE = 256


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A model that names expressions.

    Attributes:
        forward: uint8 [N, side, side, channels] to probabilities [N, K].
        side, channels: of the faces that it takes; one channel is grey, three are RGB.
        class_names: of the K outputs, in order.
        cropping: (Detector, margin) that its training faces were cropped with, or that the user wants; else None.
        detect: what `predict` does where it is not told.
        detector: name or file of the detector for a model without `cropping`; None for the default one.
        network: the keras.Model behind `forward`, where there is one: it has gradients and attention to explain with.
    """

    forward: Callable[[np.ndarray], np.ndarray]
    side: int
    channels: int
    class_names: tuple[str, ...]
    cropping: tuple | None = None
    detect: bool | None = None
    detector: str | pathlib.Path | None = None
    network: object | None = None

    def probabilities(self, faces: np.ndarray) -> np.ndarray:
        """Return float32 [N, K] of faces uint8 [N, side, side, channels]. Raises ValueError for other arrays."""
        wanted = (self.side, self.side, self.channels)
        if faces.dtype != np.uint8 or faces.shape[1:] != wanted:
            raise ValueError(
                f"Expected uint8 faces [N, {', '.join(map(str, wanted))}]. Received: {faces.dtype} {faces.shape}"
            )
        parts = [self.forward(faces[start : start + BATCH_SIZE]) for start in range(0, len(faces), BATCH_SIZE)]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, len(self.class_names)), np.float32)

    def predict(
        self, photos, *, detect: bool | None = None, largest: bool = False, max_pixels: int = MOST_PIXELS
    ) -> Predictions:
        """Return a prediction for each face of each photo, in order; one without emotion for a photo without a face.

        Args:
            photos: a path, a picture of Pillow's or an array, or several: uint8 [H, W] or [H, W, 1] grey, [H, W, 3] RGB,
                [N, H, W, C] many.
            detect: find the faces of every photo; False takes the central square of every photo as one face. By default
                faces are found, but a photo of at most 100 pixels both ways is taken as a face that someone cropped,
                unless the model was trained on crops of such photos.
            largest: only the largest face of each photo.
            max_pixels: of a file that is still read.

        Raises UserError for a file that is missing or no photo, and where the detector is not installed; ValueError for
        an array of another kind.
        """
        found = Predictions()
        for seen in see(self, _each(photos), self.finder(detect, largest), max_pixels):
            if seen.error:
                raise seen.error
            found += seen.predictions
        return found

    def explain(
        self,
        photo,
        *,
        true: str | None = None,
        layer: str | None = None,
        all_faces: bool = False,
        detect: bool | None = None,
        max_pixels: int = MOST_PIXELS,
    ) -> list[Explanation]:
        """Return where the classifier looks at the largest face of a photo, or at each: maps, each with a check.

        A .keras model or a run gives Grad-CAM, occlusion, and the network's own attention; a LiteRT file or SavedModel,
        which has no gradients, occlusion alone.

        Args:
            photo: a path, a picture of Pillow's, or an array uint8 [H, W], [H, W, 1] or [H, W, 3].
            true: a class to explain beside the predicted one.
            layer: where Grad-CAM looks; None takes the last feature map.
            all_faces: every face of the photo, the largest first.
            detect, max_pixels: see `predict`.

        Raises UserError for a file that is no photo, a photo without a face, a class that the model has not, or a layer
        that cannot be explained; ValueError for an array of another kind.
        """
        from fer_keras.inference import explaining

        return explaining.explain(self, photo, true, layer, self.finder(detect, not all_faces), max_pixels)

    def finder(self, detect: bool | None = None, largest: bool = False) -> FaceFinder:
        """Return what finds the faces for `predict`."""
        return finder(self.cropping, self.detector, self.detect if detect is None else detect, largest)

    def named(self, prediction: Prediction, row: np.ndarray) -> Prediction:
        """Return `prediction` with the probabilities float32 [K]."""
        shares = dict(zip(self.class_names, map(float, row), strict=True))
        return dataclasses.replace(prediction, emotion=max(shares, key=shares.get), probabilities=shares)


def _each(photos) -> Iterable:
    if isinstance(photos, np.ndarray):
        return [photos] if photos.ndim in (2, 3) else photos
    is_path = isinstance(photos, str | pathlib.Path)
    return photos if isinstance(photos, Iterable) and not is_path else [photos]
