"""Metrics of many confusion tables at once: counts [..., K, K] (rows true, columns predicted) in, [...] out.

They equal scikit-learn's with zero_division=0 (tested), which takes one table at a time; a bootstrap needs 2,000.
"""

import numpy as np


def confusion_counts(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Return int64 [K, K] from labels and predicted classes [N]."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Return the share on the diagonal."""
    return np.trace(confusion, axis1=-2, axis2=-1) / confusion.sum(axis=(-2, -1))


def recall(confusion: np.ndarray) -> np.ndarray:
    """Return [..., K], 0 for a class with no true row."""
    return np.diagonal(confusion, axis1=-2, axis2=-1) / np.maximum(confusion.sum(axis=-1), 1)


def precision(confusion: np.ndarray) -> np.ndarray:
    """Return [..., K], 0 for a class that is never predicted."""
    return np.diagonal(confusion, axis1=-2, axis2=-1) / np.maximum(confusion.sum(axis=-2), 1)


def f1(confusion: np.ndarray) -> np.ndarray:
    """Return [..., K], 0 for a class neither true nor predicted."""
    both = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return 2 * np.diagonal(confusion, axis1=-2, axis2=-1) / np.maximum(both, 1)


def balanced_accuracy(confusion: np.ndarray) -> np.ndarray:
    """Return the mean recall of the classes with a true row."""
    return recall(confusion).sum(axis=-1) / (confusion.sum(axis=-1) > 0).sum(axis=-1)


def weighted_f1(confusion: np.ndarray) -> np.ndarray:
    """Return the mean F1 weighted by true rows."""
    support = confusion.sum(axis=-1)
    return (f1(confusion) * support).sum(axis=-1) / support.sum(axis=-1)


def weighted_precision(confusion: np.ndarray) -> np.ndarray:
    """Return the mean precision weighted by true rows."""
    support = confusion.sum(axis=-1)
    return (precision(confusion) * support).sum(axis=-1) / support.sum(axis=-1)


def chi_square(confusion: np.ndarray) -> np.ndarray:
    """Return Pearson's statistic against independence; an empty row or column adds nothing."""
    outer = confusion.sum(axis=-1)[..., :, None] * confusion.sum(axis=-2)[..., None, :]
    expected = outer / confusion.sum(axis=(-2, -1))[..., None, None]
    return ((confusion - expected) ** 2 / np.where(expected > 0, expected, 1)).sum(axis=(-2, -1))


HEADLINE = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": lambda confusion: f1(confusion).mean(axis=-1),
    "weighted_f1": weighted_f1,
    "macro_precision": lambda confusion: precision(confusion).mean(axis=-1),
    "macro_recall": lambda confusion: recall(confusion).mean(axis=-1),
}
"""The headline metrics that a confusion table determines (log loss is the other one)."""

WEIGHTED = {"weighted_precision": weighted_precision, "weighted_recall": accuracy}
"""Means weighted by true rows; of recall, that is the accuracy."""
