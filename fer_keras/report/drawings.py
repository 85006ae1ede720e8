"""The closed list of a run's figures: file, title, alternative text, and what draws it from the run directory."""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

from fer_keras.evaluate.plots import (
    figures_classes,
    figures_confusion,
    figures_faces,
    figures_models,
    figures_style,
    figures_training,
)
from fer_keras.runs import samples as stored_samples
from fer_keras.runs.record import FIGURES, RECORD


@dataclasses.dataclass(frozen=True)
class Drawing:
    """A figure of a run. `draw(record, test predictions, samples or {})` returns a Figure, or None without data.

    `shows_faces`: it needs samples.npz, which stays in the run directory; where only the figure was recorded, it is kept.
    """

    file: str
    title: str
    alt: str
    draw: Callable
    shows_faces: bool = False


def _wrong(record, test, samples):
    return _grid(record, test, samples, figures_faces.misclassified_data(test["labels"], test["probabilities"]))


def _sample(record, test, samples):
    return _grid(record, test, samples, figures_faces.sample_data(test["labels"]))


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
        "Training, phases marked",
        figures_training.TRAINING_ALT,
        lambda record, test, samples: figures_training.training(record["history"], record["selected"]),
    ),
    Drawing(
        "confusion.png",
        "Confusion matrix, counts",
        figures_confusion.CONFUSION_ALT,
        lambda record, test, samples: figures_confusion.confusion(record["metrics"]["test"]),
    ),
    Drawing(
        "confusion_normalised.png",
        "Confusion matrix, normalised",
        figures_confusion.CONFUSION_NORMALISED_ALT,
        lambda record, test, samples: figures_confusion.confusion(record["metrics"]["test"], normalised=True),
    ),
    Drawing(
        "per_class_accuracy.png",
        "Accuracy of each class against the mean",
        figures_classes.PER_CLASS_ACCURACY_ALT,
        lambda record, test, samples: figures_classes.per_class_accuracy(record["metrics"]["test"]),
    ),
    Drawing(
        "class_scores.png",
        "Precision, recall and F1",
        figures_classes.CLASS_SCORES_ALT,
        lambda record, test, samples: figures_classes.class_scores(record["metrics"]["test"]),
    ),
    Drawing(
        "recall_distribution.png",
        "Recall distribution",
        figures_classes.RECALL_DISTRIBUTION_ALT,
        lambda record, test, samples: figures_classes.recall_distribution(record["metrics"]["test"]),
    ),
    Drawing(
        "reliability.png",
        "Reliability",
        figures_models.RELIABILITY_ALT,
        lambda record, test, samples: figures_models.reliability_diagram(test["labels"], test["probabilities"]),
    ),
    Drawing(
        "class_distribution.png",
        "Class distribution",
        figures_classes.CLASS_DISTRIBUTION_ALT,
        lambda record, test, samples: figures_classes.class_distribution(record["data"]["counts"]),
    ),
    Drawing("augmentation.png", "Augmentation", figures_faces.AUGMENTATION_ALT, _augmented, shows_faces=True),
    Drawing("misclassified.png", "Misclassified faces", figures_faces.MISCLASSIFIED_ALT, _wrong, shows_faces=True),
    Drawing("samples.png", "Sample predictions", figures_faces.SAMPLES_ALT, _sample, shows_faces=True),
)


def source_of(run_dir: Path, record: dict) -> str:
    """Return the digest that every figure of a run carries: of record.json and the test predictions."""
    digest = hashlib.sha256()
    for name in (RECORD, record["predictions"]["test"]):
        digest.update((Path(run_dir) / name).read_bytes())
    return digest.hexdigest()


def stale(run_dir: Path, record: dict) -> list[Path]:
    """Return the figures in run_dir/figures that were drawn from something else; the folder itself when it is empty."""
    folder, source = Path(run_dir) / FIGURES, source_of(run_dir, record)
    present = sorted(folder.glob("*.png"))
    return [path for path in present if not figures_style.drawn_from(path, source)] if present else [folder]


def draw_all(run_dir: Path, record: dict, predictions: dict[str, dict]):
    """Draw every figure that the run has data for into run_dir/figures; a figure without data is removed."""
    samples, source = stored_samples.read(run_dir), source_of(run_dir, record)
    for drawing in DRAWINGS:
        if drawing.shows_faces and not samples:
            continue
        path = Path(run_dir) / FIGURES / drawing.file
        figure = drawing.draw(record, predictions["test"], samples)
        if figure is None:
            path.unlink(missing_ok=True)
        else:
            figures_style.save(figure, path, source)
