"""Every number that a report prints about predictions, as one dictionary that JSON can hold.

A metric is one entry of OVERALL or PER_CLASS: `evaluate` computes it, the schema of metrics.json expects it, and
`python -m fer_keras.report --rebuild` adds it to every run from the stored predictions. Its column stands in
`report.results`.

scikit-learn and scipy do the arithmetic. Fractions are 0..1; floats are kept to 12 significant digits, so that the
same predictions give the same JSON on machines whose vector units round the last bit differently.
"""

import dataclasses

import numpy as np

from fer_keras.evaluation.statistics import classwise_calibration_error, expected_calibration_error
from fer_keras.io.errors import expected

TOP = 10
"""How many confused pairs `evaluate` lists."""


@dataclasses.dataclass(frozen=True)
class Scored:
    """What metrics are computed from: N scored images of K classes.

    `labels` int [N], `probabilities` float [N, K] (rows sum to 1), `confusion` counts [K, K] (true x predicted), and of
    each class [K] `precision`, `recall`, `f1` (0 for 0 / 0, scikit-learn's zero_division=0) and `support`, its true images.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    confusion: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def _log_loss(scored: Scored) -> float:
    from sklearn.metrics import log_loss

    return log_loss(scored.labels, scored.probabilities, labels=np.arange(len(scored.support)))


OVERALL = {
    "accuracy": lambda scored: np.trace(scored.confusion) / len(scored.labels),
    "balanced_accuracy": lambda scored: scored.recall[scored.support > 0].mean(),
    "macro_f1": lambda scored: scored.f1.mean(),
    "macro_precision": lambda scored: scored.precision.mean(),
    "macro_recall": lambda scored: scored.recall.mean(),
    "weighted_f1": lambda scored: np.average(scored.f1, weights=scored.support),
    "log_loss": _log_loss,
    "ece": lambda scored: expected_calibration_error(scored.labels, scored.probabilities),
    "classwise_ece": lambda scored: classwise_calibration_error(scored.labels, scored.probabilities).mean(),
}
"""{metric: its function of Scored}. Balanced accuracy is the mean recall of the classes that occur; log loss is in nats."""

PER_CLASS = {
    "precision": lambda scored: scored.precision,
    "recall": lambda scored: scored.recall,
    "f1": lambda scored: scored.f1,
    "calibration_error": lambda scored: classwise_calibration_error(scored.labels, scored.probabilities),
}
"""{metric of each class: its function of Scored, which gives [K]}."""


WEIGHTED = {"weighted_precision": "precision", "weighted_recall": "recall"}
"""{mean over the classes, each weighted by its images: what it is of}; of what is stored of each class."""


def evaluate(labels: np.ndarray, probabilities: np.ndarray, class_names: tuple[str, ...]) -> dict:
    """Return all metrics of `probabilities` [N, K] against `labels` [N] (0..K-1).

    Keys: rows, those of OVERALL, per_class {name: {those of PER_CLASS, support}}, confusion (counts, true x predicted),
    chi_square {statistic, dof, p}, top_confusions [{true, predicted, share, count}].
    Raises ValueError for disagreeing shapes or labels out of range; UserError for probabilities that are not finite.
    """
    scored = _scored(*checked(labels, probabilities, len(class_names)))
    confusion = scored.confusion.tolist()
    return {
        "rows": len(scored.labels),
        **{metric: kept(compute(scored)) for metric, compute in OVERALL.items()},
        "per_class": _per_class(scored, class_names),
        "confusion": confusion,
        "chi_square": chi_square(scored.confusion),
        "top_confusions": confused_pairs(confusion, class_names)[:TOP],
    }


def _scored(labels: np.ndarray, probabilities: np.ndarray) -> Scored:
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    classes, predicted = np.arange(probabilities.shape[1]), probabilities.argmax(axis=1)
    confusion = confusion_matrix(labels, predicted, labels=classes)
    return Scored(
        labels,
        probabilities,
        confusion,
        *precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=0),
    )


def _per_class(scored: Scored, class_names: tuple[str, ...]) -> dict[str, dict]:
    columns = {metric: compute(scored) for metric, compute in PER_CLASS.items()}
    return {
        name: {metric: kept(column[i]) for metric, column in columns.items()} | {"support": int(scored.support[i])}
        for i, name in enumerate(class_names)
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
    return {"statistic": kept(result.statistic), "dof": int(result.dof), "p": kept(result.pvalue)}


def confused_pairs(confusion: list[list[int]], class_names: tuple[str, ...], above: float = 0.0) -> list[dict]:
    """Return [{true, predicted, share, count}], largest share first: the share of the true class called the other."""
    pairs = []
    for true, row in zip(class_names, confusion, strict=True):
        for predicted, count in zip(class_names, row, strict=True):
            if true != predicted and count and count / sum(row) > above:
                pairs.append(
                    {"true": true, "predicted": predicted, "share": kept(count / sum(row)), "count": int(count)}
                )
    return sorted(pairs, key=lambda pair: -pair["share"])


def value(metrics: dict, name: str) -> float | None:
    """Return the metric `name` (any that fer_keras.config.reported.METRIC_PATTERN allows) from what `evaluate` returned.

    None where it is undefined: an absent class, no true row of a class, no chi-square. KeyError for another name.
    """
    kind, *classes = name.split("/")
    if kind in ("chi_square", "chi_square_dof"):
        test = metrics["chi_square"]
        return test and test["statistic" if kind == "chi_square" else "dof"]
    if kind in WEIGHTED:
        return _weighted(metrics["per_class"].values(), WEIGHTED[kind])
    if not classes:
        return metrics[kind]
    if kind == "confusion":
        return _share(metrics, *classes)
    scores = metrics["per_class"].get(classes[0])
    return scores and scores[kind]


def _weighted(scores, kind: str) -> float:
    rows = sum(each["support"] for each in scores)
    return kept(sum(each[kind] * each["support"] for each in scores) / rows)


def _share(metrics: dict, true: str, predicted: str) -> float | None:
    names = list(metrics["per_class"])
    if true not in names or predicted not in names:
        return None
    row = metrics["confusion"][names.index(true)]
    return kept(row[names.index(predicted)] / sum(row)) if sum(row) else None


def kept(number: float) -> float:
    """Return `number` to 12 significant digits."""
    return float(f"{float(number):.12g}")
