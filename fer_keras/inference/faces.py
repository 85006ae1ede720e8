"""Which parts of a photo are faces, and how a network gets to see them."""

import queue
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_keras import litert
from fer_keras.data.crop import MARGIN, cut_out
from fer_keras.detection import Detector, Face, Framing, open_detector
from fer_keras.inference.photo import Photo
from fer_keras.io.errors import UserError

SMALL = 100
"""Photos of at most this many pixels both ways are faces that someone has cropped: FER2013's have 48, RAF-DB's 100."""
LEAST_SIDE, MOST_ELONGATED = 16, 32
"""No face is looked for in an image that is smaller or, longer side by shorter, more elongated."""


class FaceFinder:
    """Finds the faces of photos.

    Args:
        open: gives a detector for a number of threads; None takes every photo whole.
        margin: by which the frame of a face is widened on each side, in sides of the frame.
        small: photos of at most this many pixels both ways are taken whole.
        largest: only the largest face of a photo.
        shared: `open` gives one and the same detector every time.
    """

    def __init__(
        self,
        open: Callable[[int], Detector] | None,
        margin: float = MARGIN,
        small: int = 0,
        largest: bool = False,
        shared: bool = False,
    ):
        self.open, self.margin, self.small, self.largest, self._shared = open, margin, small, largest, shared
        self._free: queue.SimpleQueue[Detector] = queue.SimpleQueue()
        self._framing: Framing | None = None
        self._error: UserError | None = None

    def ready(self, threads: int = 1) -> None:
        """Open as many detectors as `threads` use at once, here and now: opening one holds back standard error.

        The processors are shared out among them. One that cannot be had is an error only when a photo needs it.
        """
        if self.open is None or self._framing or self._error:
            return
        try:
            for _ in range(1 if self._shared else threads):
                detector = self.open(litert.share(threads))
                self._framing = detector.framing
                self._free.put(detector)
        except UserError as error:
            self._error = error

    def takes_whole(self, photo: Photo) -> bool:
        """Say whether the central square of `photo` is taken, without looking for a face."""
        return self.open is None or max(photo.width, photo.height) <= self.small

    def find(self, photo: Photo) -> list[Face]:
        """Return the faces of `photo`, the largest first; boxes in `photo.picture`.

        Raises UserError where the detector cannot be had.
        """
        shorter, longer = sorted(photo.picture.size)
        if shorter < LEAST_SIDE or longer > MOST_ELONGATED * shorter:
            return []
        self.ready()
        if self._error:
            raise self._error
        detector = self._free.get()
        try:
            found = detector.find(photo.picture)
        finally:
            self._free.put(detector)
        return found[:1] if self.largest else found

    def cut(self, photo: Photo, face: Face | None, side: int, channels: int) -> np.ndarray:
        """Return uint8 [side, side, channels]: the frame around `face`, without one the central square."""
        frame = face and self._framing.frame(face.box)
        picture = cut_out(photo.picture, side, frame, self.margin)
        return np.asarray(picture.convert("L") if channels == 1 else picture).reshape(side, side, channels)


def finder(cropping: tuple | None, name: str | Path | None, detect: bool | None, largest: bool) -> FaceFinder:
    """Return the finder for a classifier with `cropping` or the detector `name`; see `Classifier.predict` for the rest."""
    if detect is False:
        return FaceFinder(None)
    if cropping:
        detector, margin = cropping
        return FaceFinder(lambda threads: detector, margin, largest=largest, shared=True)
    return FaceFinder(lambda threads: open_detector(name, threads), small=0 if detect else SMALL, largest=largest)


def in_photo(face: Face, photo: Photo) -> tuple[int, int, int, int]:
    """Return the box of `face` in pixels of the photo itself."""
    width, height = photo.picture.size
    across, down = photo.width / width, photo.height / height
    left, top, w, h = face.box
    return round(left * across), round(top * down), round(w * across), round(h * down)
