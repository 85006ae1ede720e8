"""Predictions as lines of text, JSON or CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator

from fer_keras.inference.results import Prediction, columns, row

FORMATS = ("text", "json", "csv")
DIGITS = 6
"""Decimals of a probability or score in JSON and CSV."""


def text(predictions: Iterable[Prediction]) -> Iterator[str]:
    """Yield one line for each face of one photo, or one that says that there is none."""
    predictions = list(predictions)
    for each in predictions:
        said = "no face found (--no-detect takes the whole photo)"
        if each.emotion is not None:
            said = f"{each.emotion} ({100 * each.confidence:.2f}% confidence){_place(each, len(predictions))}"
        yield "; ".join([f"{shown(each.source)}: {said}", *each.notes])


def _place(prediction, faces) -> str:
    if prediction.box is None:
        return ""
    left, top, width, height = prediction.box
    which = f"face {prediction.face + 1} of {faces}" if faces > 1 else "face"
    return f"; {which}, {width}x{height} pixels at {left},{top}, score {prediction.score:.2f}"


def shown(name: str) -> str:
    """Return the name of a file with "?" for what a terminal would obey instead of show."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def of_photo(format: str, classes: tuple[str, ...]) -> Callable[[Iterable[Prediction]], Iterator[str]]:
    """Return what makes lines of one photo's predictions."""
    one = {"json": json_line, "csv": lambda each: csv_line(each, classes)}
    return text if format == "text" else lambda predictions: map(one[format], predictions)


def json_line(prediction: Prediction) -> str:
    """Return the JSON object of one face, in ASCII: what is unknown is null, "frame" and "seconds" are a video's alone."""
    shares = {name: round(share, DIGITS) for name, share in prediction.probabilities.items()}
    content = {
        "file": prediction.source,
        "frame": prediction.frame,
        "seconds": _rounded(prediction.seconds),
        "face": prediction.face,
        "emotion": prediction.emotion,
        "probabilities": shares or None,
        "box": prediction.box,
        "score": _rounded(prediction.score),
        "notes": prediction.notes,
    }
    if prediction.frame is None:
        del content["frame"], content["seconds"]
    return json.dumps(content)


def csv_header(classes: tuple[str, ...]) -> str:
    """Return the names of the columns; box in pixels, score and probabilities from 0 to 1."""
    return _csv(columns(classes))


def csv_line(prediction: Prediction, classes: tuple[str, ...]) -> str:
    """Return the row of one face, with empty cells for what is unknown."""
    return _csv(row(prediction, classes))


def _csv(cells: list) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([_rounded(cell) for cell in cells])
    return line.getvalue()


def _rounded(value):
    return round(value, DIGITS) if isinstance(value, float) else value
