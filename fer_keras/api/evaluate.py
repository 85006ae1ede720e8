"""Metrics of a model on faces."""

from typing import TYPE_CHECKING

from fer_keras import runtime
from fer_keras.data.faces import Faces

if TYPE_CHECKING:
    import keras

    from fer_keras.api.classifier import Classifier


def evaluate(model: "Classifier | keras.Model", faces: Faces, split: str | None = None) -> dict:
    """Return every metric of `model` on `faces`, as `fer_keras.evaluation.metrics.evaluate` gives them.

    Args:
        model: what `load_model` or `create_model` returned.
        faces: what `load_dataset` returned.
        split: only the images of this split: "train", "public", "private", ...; None for all.

    Raises ValueError for an unknown split, UserError for probabilities that are not finite.

    >>> metrics = evaluate(create_model("vanilla_cnn"), load_dataset("drawn"), "public")
    >>> metrics["rows"], round(sum(map(sum, metrics["confusion"])))
    (400, 400)
    """
    runtime.prepare(training=False)
    from fer_keras.evaluation import metrics

    if split is not None:
        if split not in faces.split:
            raise ValueError(f"Expected a split in {sorted(set(faces.split.tolist()))}. Received: {split!r}")
        faces = faces.take(faces.split == split)
    return metrics.evaluate(faces.labels, _probabilities(model, faces), faces.class_names)


def _probabilities(model, faces: Faces):
    if hasattr(model, "probabilities"):
        return model.probabilities(faces.images)
    from fer_keras.training.evaluation import predict

    return predict(model, faces)
