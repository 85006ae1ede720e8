"""A trained model as a function of photos."""

import dataclasses
import pathlib
from collections.abc import Callable, Iterable

import numpy as np
from PIL import Image

from fer_keras.inference.photo import face_of, read_face

BATCH_SIZE = 256


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What a model says of one photo.

    Attributes:
        emotion: the most probable class.
        probabilities: {class: probability}, in the model's order; they sum to 1.
        box: (left, top, width, height) of the face in pixels of the photo, None where none was looked for or found.
        source: the file, None for an array.
    """

    emotion: str
    probabilities: dict[str, float]
    box: tuple[int, int, int, int] | None = None
    source: str | None = None

    @property
    def confidence(self) -> float:
        """The probability of `emotion`."""
        return self.probabilities[self.emotion]


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A model that names expressions.

    Attributes:
        forward: uint8 [N, side, side, channels] to probabilities [N, K].
        side, channels: of the faces that it takes; one channel is grey, three are RGB.
        class_names: of the K outputs, in order.
        cropping: (Detector, margin) that finds the face in a photo, None to take the central square.
    """

    forward: Callable[[np.ndarray], np.ndarray]
    side: int
    channels: int
    class_names: tuple[str, ...]
    cropping: tuple | None = None

    def probabilities(self, faces: np.ndarray) -> np.ndarray:
        """Return float32 [N, K] of faces uint8 [N, side, side, channels]. Raises ValueError for other arrays."""
        wanted = (self.side, self.side, self.channels)
        if faces.dtype != np.uint8 or faces.shape[1:] != wanted:
            raise ValueError(
                f"Expected uint8 faces [N, {', '.join(map(str, wanted))}]. Received: {faces.dtype} {faces.shape}"
            )
        parts = [self.forward(faces[start : start + BATCH_SIZE]) for start in range(0, len(faces), BATCH_SIZE)]
        return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, len(self.class_names)), np.float32)

    def predict(self, photos) -> list[Prediction]:
        """Return a prediction for each photo, in order.

        Args:
            photos: a path or an array, or several: uint8 [H, W] or [H, W, 1] grey, [H, W, 3] RGB, [N, H, W, C] many.

        Raises UserError for a file that is missing or no image, ValueError for an array of another kind.
        """
        faces, boxes, sources = [], [], []
        for photo in _each(photos):
            path = isinstance(photo, str | pathlib.Path)
            taken = (
                read_face(pathlib.Path(photo), self.side, self.channels, self.cropping) if path else self._face(photo)
            )
            faces.append(taken[0])
            boxes.append(taken[1])
            sources.append(str(photo) if path else None)
        if not faces:
            return []
        rows = self.probabilities(np.stack(faces))
        return [self._prediction(*parts) for parts in zip(rows, boxes, sources, strict=True)]

    def _face(self, array):
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8 or array.ndim not in (2, 3):
            described = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
            raise ValueError(f"Expected paths, or uint8 arrays [H, W], [H, W, 1] or [H, W, 3]. Received: {described}")
        grey = array.ndim == 2 or array.shape[2] == 1
        if not grey and array.shape[2] != 3:
            raise ValueError(f"Expected 1 or 3 channels. Received: {array.shape[2]}")
        image = Image.fromarray(array.reshape(array.shape[:2]) if grey else array)
        return face_of(image, self.side, self.channels, self.cropping)

    def _prediction(self, row, box, source):
        shares = dict(zip(self.class_names, map(float, row), strict=True))
        return Prediction(max(shares, key=shares.get), shares, box, source)


def _each(photos) -> Iterable:
    if isinstance(photos, str | pathlib.Path) or (isinstance(photos, np.ndarray) and photos.ndim in (2, 3)):
        return [photos]
    return photos
