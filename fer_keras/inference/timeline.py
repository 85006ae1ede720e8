"""How the expressions of the faces in a video change over time: a summary and a figure, in bounded memory."""

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np

from fer_keras.inference.results import Prediction
from fer_keras.io.errors import expected
from fer_keras.io.text import counted

BINS = 1000
"""Points in time that are kept of one face; once they are full, each two become one."""
FACES = 8
"""Faces that are kept, those that are seen in the most frames; and as many again that are still to be seen enough."""


@dataclasses.dataclass
class Course:
    """Probabilities of one face over time: sums float64 [BINS, K] and counts [BINS] over steps of `step` seconds."""

    number: int
    first: float
    sums: np.ndarray
    counts: np.ndarray
    step: float = 0.04
    last: float = 0.0

    @property
    def frames(self) -> int:
        """In how many the face was seen."""
        return int(self.counts.sum())

    def add(self, seconds: float, row: Sequence[float]) -> None:
        """Add the probabilities at `seconds`."""
        while (at := int((seconds - self.first) / self.step)) >= BINS:
            self._halve()
        self.sums[at] += row
        self.counts[at] += 1
        self.last = seconds

    def _halve(self):
        self.step *= 2
        for values in (self.sums, self.counts):
            values[: BINS // 2] = values[::2] + values[1::2]
            values[BINS // 2 :] = 0

    def mean(self) -> np.ndarray:
        """Return the mean probabilities, float64 [K]."""
        return self.sums.sum(axis=0) / self.frames

    def curve(self) -> tuple[np.ndarray, np.ndarray]:
        """Return seconds [M] and probabilities [M, K] of the steps up to the last; NaN where the face was not seen."""
        used = int(np.flatnonzero(self.counts)[-1]) + 1
        with np.errstate(invalid="ignore"):
            shares = self.sums[:used] / self.counts[:used, None]
        return self.first + (np.arange(used) + 0.5) * self.step, shares


class Timeline:
    """Collects predictions of a video with the classes `class_names`."""

    def __init__(self, class_names: tuple[str, ...]):
        self.class_names, self._courses, self._left_out = class_names, {}, False

    def add(self, predictions: list[Prediction]) -> None:
        """Add those of one frame."""
        for each in predictions:
            if each.face not in self._courses:
                self._make_room()
                sums = np.zeros((BINS, len(self.class_names)))
                self._courses[each.face] = Course(each.face, each.seconds, sums, np.zeros(BINS, int))
            self._courses[each.face].add(each.seconds, [each.probabilities[name] for name in self.class_names])

    def _make_room(self):
        if len(self._courses) >= 2 * FACES:
            self._courses, self._left_out = {course.number: course for course in self._longest()}, True

    def _longest(self) -> list[Course]:
        return sorted(self._courses.values(), key=lambda course: -course.frames)[:FACES]

    def courses(self) -> list[Course]:
        """Return at most FACES faces that were seen most, in the order in which they appeared."""
        return sorted(self._longest(), key=lambda course: course.number)

    def summary(self) -> list[str]:
        """Return a line for each of `courses`: when the face was seen, and its three strongest classes."""
        lines = []
        for course in self.courses():
            mean = course.mean()
            best = [f"{self.class_names[at]} {100 * mean[at]:.0f} %" for at in np.argsort(-mean)[:3]]
            when = f"{clock(course.first)} to {clock(course.last)}, {counted(course.frames, 'frame')}"
            lines.append(f"face {course.number + 1}: {when}: {', '.join(best)}")
        more = self._left_out or len(self._courses) > len(lines)
        return lines + (["more faces, each in fewer frames"] if more else [])

    def draw(self, path: pathlib.Path) -> None:
        """Write the figure: the probabilities of each of `courses` over the seconds of the video.

        Raises UserError without Matplotlib, and for a suffix that it does not write; OSError where it cannot be written.
        """
        figure = _figure(self.courses(), self.class_names)
        try:
            figure.savefig(path, dpi=120)
        except ValueError as error:
            raise expected("a figure's name that ends in .png, .svg or .pdf", path) from error


def _figure(courses, class_names):
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise expected("Matplotlib, for the timeline", "none installed", "Run: pip install matplotlib") from error
    figure = Figure(figsize=(10, 1 + 2 * max(1, len(courses))), layout="constrained")
    axes = figure.subplots(max(1, len(courses)), sharex=True, squeeze=False)[:, 0]
    for axis, course in zip(axes, courses, strict=False):
        seconds, shares = course.curve()
        for name, share in zip(class_names, shares.T, strict=True):
            axis.plot(seconds, share, label=name, linewidth=1.2)
        axis.set(ylim=(0, 1), ylabel=f"face {course.number + 1}")
    axes[-1].set_xlabel("seconds")
    if courses:
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
    return figure


def clock(seconds: float) -> str:
    """Return 75.25 as "1:15.2"."""
    tenths = int(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
