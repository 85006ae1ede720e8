"""Frames of a video file or a camera, one at a time, and a video made of frames. Through OpenCV, which is optional.

OpenCV, because it alone of the common libraries takes a camera by its number on every system, reads files through its own
FFmpeg, turns what a phone has filmed upright, and may be there for a face detector anyway. Its wheel cannot encode H.264:
what is written is MPEG-4 Part 2, which players show and browsers do not.
"""

import contextlib
import os
import pathlib
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_keras.io.errors import expected
from fer_keras.io.paths import require_file

INSTALL = "pip install 'fer-keras[video]'"
CODECS = {".mp4": "mp4v", ".m4v": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}
"""{suffix of a video to write: its codec}."""
USUAL_RATE, MOST_RATE = 30.0, 240.0
WHOLE = 0.95
"""Share of its frames that a finished file must state, and give; some containers only tell how long they last."""
LONGEST_REPEAT = 10.0
"""Seconds that one frame is shown for, at most, where the source has a gap."""


class Frame(NamedTuple):
    """`number` from 0, `seconds` since the first frame, `pixels` uint8 [H, W, 3] RGB, upright."""

    number: int
    seconds: float
    pixels: np.ndarray


class Video:
    """A video file, or a camera by its number, open for reading; to be used with `with`.

    Attributes:
        name: as given.
        live: a camera, which has no end.
        rate: frames a second, as the file or camera states it; USUAL_RATE where it states nothing credible.
        frames: stated number of frames, an estimate; None where unknown.

    Raises UserError without OpenCV, for a file that is missing or no video, and for a camera that does not open.
    """

    def __init__(self, source: str | pathlib.Path | int):
        self.name, self.live = str(source), isinstance(source, int)
        self._cv = opencv()
        if self.live:
            self._capture = self._cv.VideoCapture(source)
        else:
            path = require_file(pathlib.Path(source), "a video").resolve()
            self._capture = self._cv.VideoCapture(str(path), self._cv.CAP_FFMPEG)
        if not self._capture.isOpened():
            self.close()
            what = f"camera {source}" if self.live else f"a video that FFmpeg can read at {source}"
            raise expected(what, "none that opens" if self.live else "something else, or a damaged one")
        rate, frames = (self._capture.get(what) for what in (self._cv.CAP_PROP_FPS, self._cv.CAP_PROP_FRAME_COUNT))
        self.rate = rate if 0 < rate <= MOST_RATE else USUAL_RATE
        self.frames = round(frames) if not self.live and 0 < frames < 1e9 else None

    def __enter__(self) -> "Video":
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames until the video ends, or breaks off."""
        began, first, last, number = time.monotonic(), None, -1.0, 0
        while True:
            there, pixels = self._capture.read()
            if not there:
                return
            stated = time.monotonic() - began if self.live else self._capture.get(self._cv.CAP_PROP_POS_MSEC) / 1000
            first = stated if first is None else first
            seconds = stated - first
            if seconds <= last:  # no time stamps in the file
                seconds = last + 1 / self.rate
            yield Frame(number, seconds, self._cv.cvtColor(pixels, self._cv.COLOR_BGR2RGB))
            last, number = seconds, number + 1

    def close(self) -> None:
        """Let go of the file or camera."""
        self._capture.release()


def opencv():
    """Return the module cv2, told to be silent. Raises UserError, with the command to install it, without it."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    try:
        import cv2
    except ImportError as error:
        raise expected("OpenCV, to read and write videos", "none installed", f"Run: {INSTALL}") from error
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2


class VideoWriter:
    """Writes frames of equal size at a fixed rate, each as long as its time stamp says.

    Raises UserError for a suffix that is not in CODECS, OSError where the file cannot be written.
    """

    def __init__(self, path: pathlib.Path, rate: float):
        self._path, self._rate, self._writer, self._written, self._frames = path, rate, None, 0, 0
        self._cv = opencv()
        self._codec = CODECS[require_codec(path).suffix.lower()]

    def write(self, frame: np.ndarray | Image.Image, seconds: float) -> None:
        """Add the frame uint8 [H, W, 3] RGB, shown at `seconds` since the first one."""
        pixels = np.asarray(frame)
        if self._writer is None:
            size = pixels.shape[1], pixels.shape[0]
            code = self._cv.VideoWriter_fourcc(*self._codec)
            self._writer = self._cv.VideoWriter(str(self._path), self._cv.CAP_FFMPEG, code, self._rate, size)
            if not self._writer.isOpened():
                raise OSError(f"OpenCV refuses the codec {self._codec} for {size[0]}x{size[1]} pixels")
        due = round(seconds * self._rate) + 1 - self._written
        pixels = self._cv.cvtColor(pixels, self._cv.COLOR_RGB2BGR)
        times = max(0, min(due, round(LONGEST_REPEAT * self._rate)))
        for _ in range(times):
            self._writer.write(pixels)
        self._written += max(due, 0)
        self._frames += times

    def release(self) -> None:
        """Let go of the file."""
        if self._writer is not None:
            self._writer.release()

    def close(self) -> None:
        """Finish the file. Raises OSError where it does not hold all frames: OpenCV does not say when a disk is full."""
        self.release()
        if self._writer is None:
            raise OSError("there is no frame to write")
        written = self._cv.VideoCapture(str(self._path), self._cv.CAP_FFMPEG)
        late = int(WHOLE * self._frames)
        stated = written.get(self._cv.CAP_PROP_FRAME_COUNT) if written.isOpened() else 0
        is_whole = stated >= late and written.set(self._cv.CAP_PROP_POS_FRAMES, max(0, late - 1)) and written.grab()
        written.release()
        if not is_whole:
            raise OSError(f"not all of the {self._frames:,} frames could be written")


def require_codec(path: pathlib.Path) -> pathlib.Path:
    """Return `path` if a video can be written under this name. Raises UserError otherwise."""
    if path.suffix.lower() not in CODECS:
        raise expected(f"a name for a video that ends in {', '.join(CODECS)}", path)
    return path


@contextlib.contextmanager
def writing(path: pathlib.Path, rate: float) -> Iterator[VideoWriter]:
    """Give a writer for the block, and finish its file."""
    writer = VideoWriter(path, rate)
    try:
        yield writer
        writer.close()
    finally:
        writer.release()
