"""Faces followed from frame to frame, and their probabilities smoothed over time."""

import dataclasses
import math

import numpy as np

from fer_keras.detection import Box, Face

LEAST_OVERLAP = 0.3
"""Intersection over union of two boxes of the same face in successive frames."""
FORGET_SECONDS = 1.0
"""A face that is not seen for longer is a new one when it comes back."""
SMOOTH_SECONDS = 0.5


@dataclasses.dataclass(eq=False)
class Track:
    """A face that is followed.

    Attributes:
        number: which face it is.
        box: where it was last seen.
        seen, averaged: seconds at which it was last seen, and last joined the average.
        probabilities: the average, float32 [K].
    """

    number: int
    seen: float
    box: Box | None = None
    averaged: float = 0.0
    probabilities: np.ndarray | None = None


class Tracker:
    """Follows faces by the overlap of their boxes; numbers them from 0 in the order in which they appear.

    Args:
        smooth: time constant in seconds of the exponential average of a face's probabilities; 0 takes each as it is.
    """

    def __init__(self, smooth: float = SMOOTH_SECONDS):
        self._smooth, self._tracks, self._next = smooth, [], 0

    def follow(self, faces: list[Face | None], seconds: float) -> list[Track]:
        """Return the track of each of the `faces` that a frame shows at `seconds`. None is the frame taken whole."""
        self._tracks = [track for track in self._tracks if seconds - track.seen <= FORGET_SECONDS]
        found = self._matched([face and face.box for face in faces])
        for at, face in enumerate(faces):
            if at not in found:
                found[at] = Track(self._next, seconds)
                self._tracks.append(found[at])
                self._next += 1
            found[at].box, found[at].seen = face and face.box, seconds
        return [found[at] for at in range(len(faces))]

    def _matched(self, boxes: list[Box | None]) -> dict[int, Track]:
        """Return {index of a box: track}, the pairs that overlap most first, each box and track once."""
        pairs = [(overlap(track.box, box), at, track) for track in self._tracks for at, box in enumerate(boxes)]
        found: dict[int, Track] = {}
        for share, at, track in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= LEAST_OVERLAP and at not in found and track not in found.values():
                found[at] = track
        return found

    def smoothed(self, track: Track, row: np.ndarray, seconds: float) -> np.ndarray:
        """Return the average of the probabilities float32 [K] of `track`, `row` at `seconds` being the newest."""
        if track.probabilities is None or not self._smooth:
            track.probabilities = np.asarray(row, np.float32)
        else:
            share = 1 - math.exp(-(seconds - track.averaged) / self._smooth)
            track.probabilities = track.probabilities + np.float32(share) * (row - track.probabilities)
        track.averaged = seconds
        return track.probabilities


def overlap(one: Box | None, other: Box | None) -> float:
    """Return the intersection over union of two boxes; two frames taken whole (None) are the same."""
    if one is None or other is None:
        return float(one is other)
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = one[2] * one[3] + other[2] * other[3] - shared
    return shared / union if union > 0 else 0.0
