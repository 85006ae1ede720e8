"""One call of `fer-keras predict`: every input to lines, and to pictures, videos and figures where these are wanted."""

import contextlib
import dataclasses
import itertools
import pathlib
import sys
from collections.abc import Callable, Iterator, Sequence

from fer_keras.inference import formats
from fer_keras.inference.destinations import Destinations
from fer_keras.inference.drawing import annotated
from fer_keras.inference.inputs import Input
from fer_keras.inference.photo import MOST_PIXELS
from fer_keras.inference.progress import Progress
from fer_keras.inference.stream import see
from fer_keras.inference.tracking import SMOOTH_SECONDS
from fer_keras.inference.video_session import VideoSession
from fer_keras.io import files
from fer_keras.io.errors import UnwritableError, UserError, expected

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
VIDEOS = (".mp4", ".m4v", ".mov", ".mkv", ".avi")
FIGURES = (".png", ".svg", ".pdf")
QUALITY = 92


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is wanted of a call.

    Attributes:
        format: of the lines, one of `formats.FORMATS`.
        out: the file that the lines go to, None for standard output.
        draw: file or folder for the inputs with boxes and labels; None for none.
        timeline: file or folder for a figure of each video; None for none.
        detect, largest, max_pixels: as in `Classifier.predict`.
        smooth: as in `watch`.
        seconds: of a video that are looked at; None for all.
    """

    format: str = "text"
    out: pathlib.Path | None = None
    draw: pathlib.Path | None = None
    timeline: pathlib.Path | None = None
    detect: bool | None = None
    largest: bool = False
    max_pixels: int = MOST_PIXELS
    smooth: float = SMOOTH_SECONDS
    seconds: float | None = None


def predict(classifier, inputs: Sequence[Input | UserError], wanted: Wanted) -> int:
    """Predict every input; return how many could not be, each of which is a line on standard error.

    Raises UserError for what concerns all of them: a detector that is missing, an output that cannot be written.
    """
    there = [each for each in inputs if isinstance(each, Input)]
    drawings = wanted.draw and Destinations(
        wanted.draw, there, {"photo": PICTURES, **dict.fromkeys(("video", "camera"), VIDEOS)}
    )
    videos = [each for each in there if each.kind != "photo"]
    figures = wanted.timeline and Destinations(wanted.timeline, videos, dict.fromkeys(("video", "camera"), FIGURES))
    if figures and not videos:
        print("note: there is no video among the inputs, so --timeline writes nothing", file=sys.stderr)
    failed = 0
    with _lines(wanted.out) as say:
        if wanted.format == "csv":
            say(formats.csv_header(classifier.class_names))
        video_session = VideoSession(classifier, wanted, say, drawings, figures)
        for kind, group in itertools.groupby(inputs, lambda each: getattr(each, "kind", "error")):
            if kind == "photo":
                failed += _photos(classifier, list(group), wanted, say, drawings)
                continue
            for each in group:
                failed += _refused(each) if kind == "error" else _attempted(lambda: video_session.watch(each))  # noqa: B023
    return failed


def _photos(classifier, photos, wanted, say, drawings) -> int:
    """Predict photos; return how many could not be."""
    finder, failed = classifier.finder(wanted.detect, wanted.largest), 0
    lines = formats.of_photo(wanted.format, classifier.class_names)
    progress = Progress("photos", "photo", len(photos)) if wanted.out else None
    names = [each.name for each in photos]
    for input, seen in zip(photos, see(classifier, names, finder, wanted.max_pixels, bool(drawings)), strict=True):
        if progress:
            progress.step()
        if seen.error:
            failed += _refused(seen.error, progress)
            continue
        for line in lines(seen.predictions):
            say(line)
        if drawings:
            failed += _draw(drawings, input, seen)
    if progress:
        progress.end()
    return failed


def _draw(drawings, input, seen) -> int:
    """Write a photo with boxes and labels; return 1, having said so, where it would take an input's place."""
    try:
        path = drawings.of(input)
    except UserError as error:
        return _refused(error)
    picture = annotated(seen.photo.picture, seen.predictions)
    return _attempted(lambda: files.write(path, lambda part: _save(picture, part, path)))


def _save(picture, part, path) -> None:
    """Write the picture. Raises UserError where the format does not take it; a full disk is what it is."""
    try:
        picture.save(part, quality=QUALITY)
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None):
            raise
        what = f"a picture that {path.suffix} can hold, for {path}"
        raise expected(what, f"{picture.width}x{picture.height} pixels: {error}") from error


def _attempted(action: Callable[[], None]) -> int:
    """Call `action`; return 1, having said so, where it raises UserError, but for what cannot be written."""
    try:
        action()
        return 0
    except UnwritableError:
        raise
    except UserError as error:
        return _refused(error)


def _refused(error: UserError, progress: Progress | None = None) -> int:
    if progress:
        progress.hide()
    print(f"error: {error}", file=sys.stderr)
    return 1


@contextlib.contextmanager
def _lines(out: pathlib.Path | None) -> Iterator[Callable[[str], None]]:
    """Give what writes a line, to standard output or to the file `out`, which is there once the block is done."""
    if out is None:
        yield print
        return
    with files.replacing(out) as part, part.open("w", encoding="utf-8", errors="backslashreplace") as file:
        yield lambda line: print(line, file=file)
