"""What a classifier says of faces, and tables of it."""

import dataclasses

from fer_keras.io.errors import expected


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What a model says of one face, or that a photo has none.

    Attributes:
        emotion: the most probable class, None where the photo has no face.
        probabilities: {class: probability}, in the model's order; they sum to 1. Empty without a face.
        box: (left, top, width, height) of the face in pixels of the upright photo, None where none was looked for.
        source: the file, None for an array.
        score: how sure the detector is of the face, 0 to 1; None where none was looked for.
        image: index of the photo among those given, from 0.
        face: index of the face in its photo, the largest first; in a video the number by which it is followed; None
            without a face.
        frame, seconds: of a video, from 0; None for a photo.
        notes: what there is to know of how the photo was read.
    """

    emotion: str | None
    probabilities: dict[str, float]
    box: tuple[int, int, int, int] | None = None
    source: str | None = None
    score: float | None = None
    image: int = 0
    face: int | None = 0
    frame: int | None = None
    seconds: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def confidence(self) -> float | None:
        """The probability of `emotion`."""
        return None if self.emotion is None else self.probabilities[self.emotion]


class Predictions(list):
    """A list of `Prediction`, one a face, the photos in order; a photo without a face has one, whose emotion is None."""

    def to_dataframe(self):
        """Return a pandas DataFrame with a row for each prediction, the columns those of `columns` and `row`.

        Raises UserError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise expected("pandas, for a table", "none installed", "Run: pip install pandas") from error
        classes = class_names(self)
        return pandas.DataFrame([row(prediction, classes) for prediction in self], columns=columns(classes))


def class_names(predictions) -> tuple[str, ...]:
    """Return the classes of the first prediction that has any."""
    return next((tuple(each.probabilities) for each in predictions if each.probabilities), ())


def columns(classes: tuple[str, ...]) -> list[str]:
    """Return the names of a table's columns."""
    return ["file", "frame", "seconds", "face", "emotion", "left", "top", "width", "height", "score", *classes, "notes"]


def row(prediction: Prediction, classes: tuple[str, ...]) -> list:
    """Return the cells under `columns`: pixels, score and probabilities from 0 to 1, notes joined; None for what is unknown."""
    head = [prediction.source, prediction.frame, prediction.seconds, prediction.face, prediction.emotion]
    cells = [prediction.probabilities.get(name) for name in classes]
    return [*head, *(prediction.box or (None,) * 4), prediction.score, *cells, "; ".join(prediction.notes)]
