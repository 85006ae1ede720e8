"""What a classifier sees in a video: faces followed from frame to frame, never more than a few frames in memory."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fer_keras.inference.faces import FaceFinder, in_photo
from fer_keras.inference.photo import of_pixels
from fer_keras.inference.results import Prediction
from fer_keras.inference.tracking import SMOOTH_SECONDS, Tracker
from fer_keras.inference.video import Frame, Video

FACES, HELD_BYTES = 16, 1 << 26
"""Faces, and bytes of pixels, that wait to be classified together; a camera's wait for nothing."""


class Watched(NamedTuple):
    """A frame, and a prediction for each face in it, the largest first; `face` says which one it is."""

    frame: Frame
    predictions: list[Prediction]


def watch(classifier, video: Video, finder: FaceFinder, smooth: float = SMOOTH_SECONDS) -> Iterator[Watched]:
    """Yield every frame of `video` with what `classifier` sees in it.

    Args:
        smooth: time constant in seconds of the average of a face's probabilities; 0 takes each frame by itself.

    Raises UserError for a detector that cannot be had.
    """
    tracker, waiting, cuts = Tracker(smooth), [], []
    for frame in video:
        photo = of_pixels(frame.pixels)
        faces = [None] if finder.takes_whole(photo) else finder.find(photo)
        tracks = tracker.follow(faces, frame.seconds)
        boxes = [face and in_photo(face, photo) for face in faces]
        waiting.append((frame, list(zip(faces, boxes, tracks, strict=True))))
        cuts += [finder.cut(photo, face, classifier.side, classifier.channels) for face in faces]
        held = frame.pixels.nbytes * len(waiting)
        if video.live or len(waiting) >= FACES or len(cuts) >= FACES or held >= HELD_BYTES:
            yield from _classified(classifier, video.name, tracker, waiting, cuts)
            waiting, cuts = [], []
    yield from _classified(classifier, video.name, tracker, waiting, cuts)


def _classified(classifier, name, tracker, waiting, cuts) -> Iterator[Watched]:
    rows = iter(classifier.probabilities(np.stack(cuts)) if cuts else ())
    for frame, faces in waiting:
        found = []
        for face, box, track in faces:
            prediction = Prediction(
                None,
                {},
                box,
                source=name,
                score=face and face.score,
                face=track.number,
                frame=frame.number,
                seconds=frame.seconds,
            )
            found.append(classifier.named(prediction, tracker.smoothed(track, next(rows), frame.seconds)))
        yield Watched(frame, found)
