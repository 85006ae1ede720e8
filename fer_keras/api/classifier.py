"""Trained models as functions of photos."""

import dataclasses
import pathlib

from fer_keras import runtime
from fer_keras.inference.classifier import Classifier
from fer_keras.inference.loading import load
from fer_keras.inference.results import Prediction, Predictions
from fer_keras.runs.directory import MODEL, is_run

__all__ = ["Classifier", "Prediction", "Predictions", "load_model"]

WITHOUT_TENSORFLOW = ".tflite"


def load_model(
    path: str | pathlib.Path | None = None,
    *,
    classes: tuple[str, ...] | None = None,
    detect: bool | None = None,
    detector: str | pathlib.Path | None = None,
) -> Classifier:
    """Return the classifier at `path`: a run directory, its model.keras, or a .tflite file or SavedModel of an export.

    Args:
        path: None for the model that is installed with the package.
        classes: names of the outputs in order, for a model that does not name them.
        detect: what `Classifier.predict` does where it is not told; see there.
        detector: name or file of the face detector; None takes the one of the training faces, or the default one.

    Raises UserError when there is no such model, or it does not say which classes it has.

    >>> load_model().predict("me.jpg")[0].emotion                                       # doctest: +SKIP
    'happy'
    """
    if path is not None:
        path = pathlib.Path(path)
        path = path / MODEL if is_run(path) else path
        if path.suffix.lower() != WITHOUT_TENSORFLOW:
            runtime.prepare(training=False)
    model = load(path, classes, detect, detector)
    return dataclasses.replace(model, detect=detect, detector=detector)
