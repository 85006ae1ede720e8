"""The closed list of a run's figures: file, title, alternative text, and what draws it from the run directory."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_keras.evaluation.plots import (
    figures_classes,
    figures_confusion,
    figures_faces,
    figures_maps,
    figures_models,
    figures_style,
    figures_training,
)
from fer_keras.runs import samples as stored_samples
from fer_keras.runs.directory import FIGURES


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A figure of a run: `data(record, test predictions)` is all that it is drawn from, beside faces of samples.npz.

    `draw(record, test predictions, samples or {})` returns a Figure, or None without data. `shows_faces`: it needs
    samples.npz, which stays in the run directory.
    """

    file: str
    title: str
    alt: str
    data: Callable
    draw: Callable
    shows_faces: bool = False


def _test(record) -> dict:
    return record["metrics"]["test"]


def _counts(record) -> dict[str, dict[str, int]]:
    """Return the images of each class: of phases on other data than the run's first (paper 000, Fig. 1), then its parts."""
    phases = record.get("phase_data", {}).items()
    return {f"phase {phase}": of["counts"] for phase, of in phases if "counts" in of} | record["data"]["counts"]


def _probabilities(record, test) -> list:
    return [record["data"]["class_names"], test["labels"].tolist(), test["probabilities"].tolist()]


def _wrong(record, test, samples):
    return _grid(record, test, samples, figures_faces.misclassified_data(test["labels"], test["probabilities"]))


def _sample(record, test, samples):
    return _grid(record, test, samples, figures_faces.sample_data(test["labels"]))


def _error_maps(record, test, samples):
    if "map_rows" not in samples:
        return None
    images = dict(zip(samples["rows"].tolist(), samples["images"], strict=True))
    places = {int(row): place for place, row in enumerate(test["rows"])}
    chosen = [places[row] for row in samples["map_rows"].tolist()]
    captions = figures_faces.captions(
        test["labels"][chosen], test["probabilities"][chosen], record["data"]["class_names"]
    )
    faces = np.stack([images[row] for row in samples["map_rows"].tolist()])
    return figures_maps.error_maps(
        faces, captions, samples["map_names"].tolist(), samples["map_values"], samples["map_p"]
    )


def _grid(record, test, samples, chosen):
    images = dict(zip(samples["rows"].tolist(), samples["images"], strict=True)) if "rows" in samples else {}
    chosen = [position for position in chosen if int(test["rows"][position]) in images]
    if not chosen:
        return None
    faces = [images[int(test["rows"][position])] for position in chosen]
    names = record["data"]["class_names"]
    return figures_faces.predictions_grid(faces, test["labels"][chosen], test["probabilities"][chosen], names)


def _augmented(record, test, samples):
    return figures_faces.augmentation(samples["originals"], samples["augmented"]) if "augmented" in samples else None


DRAWINGS = (
    Drawing(
        "training.png",
        "Training",
        figures_training.TRAINING_ALT,
        lambda record, test: [record["history"], record["selected"]],
        lambda record, test, samples: figures_training.training(record["history"], record["selected"]),
    ),
    Drawing(
        "confusion.png",
        "Confusion matrix",
        figures_confusion.CONFUSION_ALT,
        lambda record, test: [record["data"]["class_names"], _test(record)["confusion"], "counts and shares"],
        lambda record, test, samples: figures_confusion.confusion(_test(record)),
    ),
    Drawing(
        "class_scores.png",
        "Precision, recall and F1",
        figures_classes.CLASS_SCORES_ALT,
        lambda record, test: figures_classes.class_scores_data(_test(record)),
        lambda record, test, samples: figures_classes.class_scores(_test(record)),
    ),
    Drawing(
        "reliability.png",
        "Reliability",
        figures_models.RELIABILITY_ALT,
        _probabilities,
        lambda record, test, samples: figures_models.reliability_diagram(test["labels"], test["probabilities"]),
    ),
    Drawing(
        "class_distribution.png",
        "Class distribution",
        figures_classes.CLASS_DISTRIBUTION_ALT,
        lambda record, test: _counts(record),
        lambda record, test, samples: figures_classes.class_distribution(_counts(record)),
    ),
    Drawing(
        "augmentation.png", "Augmentation", figures_faces.AUGMENTATION_ALT, _probabilities, _augmented, shows_faces=True
    ),
    Drawing(
        "misclassified.png",
        "Misclassified images",
        figures_faces.MISCLASSIFIED_ALT,
        _probabilities,
        _wrong,
        shows_faces=True,
    ),
    Drawing(
        "error_maps.png",
        "Where the network looks when it is wrong",
        figures_maps.ERROR_MAPS_ALT,
        _probabilities,
        _error_maps,
        shows_faces=True,
    ),
    Drawing("samples.png", "Sample predictions", figures_faces.SAMPLES_ALT, _probabilities, _sample, shows_faces=True),
)


def source_of(drawing: Drawing, record: dict, test: dict, samples: dict) -> str:
    """Return the digest that a figure carries: of its own data alone, faces included where it shows some."""
    digest = hashlib.sha256(json.dumps([drawing.file, drawing.data(record, test)]).encode())
    for name in sorted(samples) if drawing.shows_faces else ():
        digest.update(samples[name].tobytes())
    return digest.hexdigest()


def draw_all(run_dir: Path, record: dict, predictions: dict[str, dict]) -> list[Path]:
    """Draw every figure that the run has data for into run_dir/figures, where it is not there yet; return those drawn.

    A figure without data is removed.
    """
    samples, test, drawn = stored_samples.read(run_dir), predictions["test"], []
    for drawing in DRAWINGS:
        path = Path(run_dir) / FIGURES / drawing.file
        source = source_of(drawing, record, test, samples)
        if figures_style.drawn_from(path, source):
            continue
        figure = None if drawing.shows_faces and not samples else drawing.draw(record, test, samples)
        if figure is None:
            path.unlink(missing_ok=True)
        else:
            figures_style.save(figure, path, source)
            drawn.append(path)
    return drawn
