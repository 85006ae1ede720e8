"""Every number that a report prints about predictions, as one dictionary that JSON can hold.

scikit-learn and scipy do the arithmetic. Fractions are 0..1; floats are kept to 12 significant digits, so that the
same predictions give the same JSON on machines whose vector units round the last bit differently.
"""

import numpy as np

from fer_keras.evaluation.statistics import expected_calibration_error
from fer_keras.io.errors import expected

TOP = 10
"""How many confused pairs `evaluate` lists."""


def evaluate(labels: np.ndarray, probabilities: np.ndarray, class_names: tuple[str, ...]) -> dict:
    """Return all metrics of `probabilities` [N, K] against `labels` [N] (0..K-1).

    Keys: rows, accuracy, balanced_accuracy (mean recall of the classes that occur), macro_f1, macro_precision,
    macro_recall, weighted_f1, log_loss (nats), ece, per_class {name: {precision, recall, f1, support}}, confusion
    (counts, true x predicted), chi_square {statistic, dof, p}, top_confusions [{true, predicted, share, count}].
    A ratio of zero over zero is 0, as scikit-learn's zero_division=0 has it.
    Raises ValueError for disagreeing shapes or labels out of range; UserError for probabilities that are not finite.
    """
    from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support

    labels, probabilities = checked(labels, probabilities, len(class_names))
    classes = np.arange(len(class_names))
    predicted = probabilities.argmax(axis=1)
    confusion = confusion_matrix(labels, predicted, labels=classes)
    precision, recall, f1, support = precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=0)
    per_class = {
        name: {
            "precision": _kept(precision[i]),
            "recall": _kept(recall[i]),
            "f1": _kept(f1[i]),
            "support": int(support[i]),
        }
        for i, name in enumerate(class_names)
    }
    return {
        "rows": len(labels),
        "accuracy": _kept(np.trace(confusion) / len(labels)),
        "balanced_accuracy": _kept(recall[support > 0].mean()),
        "macro_f1": _kept(f1.mean()),
        "macro_precision": _kept(precision.mean()),
        "macro_recall": _kept(recall.mean()),
        "weighted_f1": _kept(np.average(f1, weights=support)),
        "log_loss": _kept(log_loss(labels, probabilities, labels=classes)),
        "ece": _kept(expected_calibration_error(labels, probabilities)),
        "per_class": per_class,
        "confusion": confusion.tolist(),
        "chi_square": chi_square(confusion),
        "top_confusions": confused_pairs(confusion.tolist(), class_names)[:TOP],
    }


def checked(labels: np.ndarray, probabilities: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels as int64 [N], probabilities as float64 [N, K], each row divided by its sum (1 ± 1e-7 in float32).

    Raises as `evaluate` does.
    """
    labels, probabilities = (np.asarray(labels), np.asarray(probabilities, dtype=np.float64))
    if probabilities.ndim != 2 or probabilities.shape != (len(labels), classes) or not len(labels):
        raise ValueError(f"Expected probabilities [{len(labels)}, {classes}], N > 0. Received: {probabilities.shape}")
    if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"Expected integer labels 0..{classes - 1}. Received: {labels.dtype} {np.unique(labels)[:9]}")
    broken = (
        ~np.isfinite(probabilities).all(axis=1) | (probabilities < 0).any(axis=1) | (probabilities.sum(axis=1) <= 0)
    )
    if broken.any():
        raise expected(
            "finite probabilities", f"none in {broken.sum()} of {len(labels)} rows", "Did the training diverge?"
        )
    return labels.astype(np.int64), probabilities / probabilities.sum(axis=1, keepdims=True)


def chi_square(confusion: np.ndarray) -> dict | None:
    """Pearson's test that the predicted class does not depend on the true one (no Yates correction).

    Returns {statistic, dof, p}, or None where it is undefined: a class is never predicted or never true.
    """
    from scipy.stats import chi2_contingency

    confusion = np.asarray(confusion)
    if not (confusion.sum(axis=0).all() and confusion.sum(axis=1).all()):
        return None
    result = chi2_contingency(confusion, correction=False)
    return {"statistic": _kept(result.statistic), "dof": int(result.dof), "p": _kept(result.pvalue)}


def confused_pairs(confusion: list[list[int]], class_names: tuple[str, ...], above: float = 0.0) -> list[dict]:
    """Return [{true, predicted, share, count}], largest share first: the share of the true class called the other."""
    pairs = []
    for true, row in zip(class_names, confusion, strict=True):
        for predicted, count in zip(class_names, row, strict=True):
            if true != predicted and count and count / sum(row) > above:
                pairs.append(
                    {"true": true, "predicted": predicted, "share": _kept(count / sum(row)), "count": int(count)}
                )
    return sorted(pairs, key=lambda pair: -pair["share"])


def value(metrics: dict, name: str) -> float | None:
    """Return the metric `name` (any that fer_keras.config.recipe.METRIC_PATTERN allows) from what `evaluate` returned.

    None where it is undefined: an absent class, no true row of a class, no chi-square. KeyError for another name.
    """
    kind, *classes = name.split("/")
    if kind in ("chi_square", "chi_square_dof"):
        test = metrics["chi_square"]
        return test and test["statistic" if kind == "chi_square" else "dof"]
    if not classes:
        return metrics[kind]
    if kind == "confusion":
        return _share(metrics, *classes)
    scores = metrics["per_class"].get(classes[0])
    return scores and scores[kind]


def _share(metrics: dict, true: str, predicted: str) -> float | None:
    names = list(metrics["per_class"])
    if true not in names or predicted not in names:
        return None
    row = metrics["confusion"][names.index(true)]
    return _kept(row[names.index(predicted)] / sum(row)) if sum(row) else None


def _kept(number) -> float:
    return float(f"{float(number):.12g}")
