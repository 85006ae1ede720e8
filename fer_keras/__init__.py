"""Facial expression recognition papers on FER2013, rebuilt in Keras so that their numbers can be believed.

    import fer_keras

    fer_keras.list_recipes()                                     # names of what can be trained
    run = fer_keras.train("hybrid_baseline_cnn", data="fer2013.csv", epochs=3)
    run.metrics["test"]["accuracy"]
    classifier = run.classifier()
    classifier.predict("me.jpg")

Importing this loads neither NumPy nor TensorFlow: each name loads what it needs when it is first used.
"""

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_PLACES = {
    "Classifier": "fer_keras.api.classifier",
    "Faces": "fer_keras.data.faces",
    "ImageDataGenerator": "fer_keras.augment.generator",
    "Prediction": "fer_keras.api.classifier",
    "Predictions": "fer_keras.inference.results",
    "Recipe": "fer_keras.config.recipe",
    "Run": "fer_keras.api.runs",
    "UserError": "fer_keras.io.errors",
    "create_model": "fer_keras.api.models",
    "evaluate": "fer_keras.api.evaluate",
    "export": "fer_keras.api.export",
    "get_recipe": "fer_keras.api.recipes",
    "list_models": "fer_keras.api.models",
    "list_recipes": "fer_keras.api.recipes",
    "load_dataset": "fer_keras.api.datasets",
    "load_model": "fer_keras.api.classifier",
    "open_run": "fer_keras.api.runs",
    "train": "fer_keras.api.train",
}
"""{public name: the module that has it}."""

__all__ = ["__version__", *_PLACES]

if TYPE_CHECKING:
    from fer_keras.api.classifier import Classifier, Prediction, load_model
    from fer_keras.api.datasets import load_dataset
    from fer_keras.api.evaluate import evaluate
    from fer_keras.api.export import export
    from fer_keras.api.models import create_model, list_models
    from fer_keras.api.recipes import get_recipe, list_recipes
    from fer_keras.api.runs import Run, open_run
    from fer_keras.api.train import train
    from fer_keras.augment.generator import ImageDataGenerator
    from fer_keras.config.recipe import Recipe
    from fer_keras.data.faces import Faces
    from fer_keras.inference.results import Predictions
    from fer_keras.io.errors import UserError


def __getattr__(name: str):
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
