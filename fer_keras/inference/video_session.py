"""Videos of one call of `fer-keras predict`, one after the other."""

import contextlib
import sys

from fer_keras.inference import formats
from fer_keras.inference.drawing import annotated
from fer_keras.inference.inputs import Input
from fer_keras.inference.progress import Progress
from fer_keras.inference.timeline import Timeline, clock
from fer_keras.inference.video import Video, writing
from fer_keras.inference.watch import Watched, watch
from fer_keras.io import files
from fer_keras.io.text import counted

MISSING_SHARE = 0.1
"""Of the frames that a file states; when more are missing, it is said that the video breaks off."""


class VideoSession:
    """Watches videos, and writes what is wanted of them.

    Args:
        classifier: of faces.
        wanted: `session.Wanted`.
        say: writes a line.
        drawings, figures: Destinations, None for none.
    """

    def __init__(self, classifier, wanted, say, drawings, figures):
        self._classifier, self._wanted, self._say = classifier, wanted, say
        self._drawings, self._figures = drawings, figures

    def watch(self, input: Input) -> None:
        """Watch a video to its end, or a camera until Ctrl-C. Raises UserError where it cannot be, or not be written."""
        figure = self._figures.of(input) if self._figures else None
        target = self._drawings.of(input) if self._drawings else None
        with contextlib.ExitStack() as stack:
            video = stack.enter_context(Video(int(input.name) if input.kind == "camera" else input.path))
            chart = stack.enter_context(files.replacing(figure)) if figure else None
            writer = None
            if target:
                part = stack.enter_context(files.replacing(target))
                writer = stack.enter_context(writing(part, video.rate))
            timeline, progress = Timeline(self._classifier.class_names), Progress(input.name, "frame", video.frames)
            try:
                self._every_frame(video, writer, timeline, progress)
            except KeyboardInterrupt:
                if not video.live:
                    raise
            progress.end()
            if chart:
                timeline.draw(chart)
        self._summary(input, timeline, progress.done, video)

    def _every_frame(self, video, writer, timeline, progress):
        finder, emotions = self._classifier.finder(self._detect(), self._wanted.largest), {}
        for watched in watch(self._classifier, video, finder, self._wanted.smooth):
            if self._wanted.seconds is not None and watched.frame.seconds >= self._wanted.seconds:
                return
            timeline.add(watched.predictions)
            self._lines(watched, emotions, progress)
            if writer:
                writer.write(annotated(watched.frame.pixels, watched.predictions), watched.frame.seconds)
            progress.step()

    def _detect(self) -> bool | None:
        """A video is no cropped face, however small it is."""
        return True if self._wanted.detect is None and self._classifier.detect is None else self._wanted.detect

    def _lines(self, watched: Watched, emotions: dict[int, str], progress):
        """Write a row for each face; as text, only of those whose expression is another one than before."""
        for each in watched.predictions:
            if self._wanted.format == "csv":
                self._shown(formats.csv_line(each, self._classifier.class_names), progress)
            elif self._wanted.format == "json":
                self._shown(formats.json_line(each), progress)
            elif emotions.get(each.face) != each.emotion:
                what = f"face {each.face + 1}: {each.emotion} ({100 * each.confidence:.2f}% confidence)"
                self._shown(f"{formats.shown(each.source)} {clock(each.seconds)}: {what}", progress)
        emotions.clear() if len(emotions) > 1000 else None
        emotions.update((each.face, each.emotion) for each in watched.predictions)

    def _shown(self, line, progress):
        progress.hide()
        self._say(line)

    def _summary(self, input, timeline, frames, video):
        is_text, name = self._wanted.format == "text", formats.shown(input.name)
        for line in (timeline.summary() or [f"no face found in {counted(frames, 'frame')}"]) if is_text else ():
            self._say(f"{name}: {line}")
        if video.frames and self._wanted.seconds is None and frames < (1 - MISSING_SHARE) * video.frames:
            breaks_off = f"{name}: breaks off after {frames:,} of {counted(video.frames, 'frame')}"
            self._say(breaks_off) if is_text else print(f"note: {breaks_off}", file=sys.stderr)
