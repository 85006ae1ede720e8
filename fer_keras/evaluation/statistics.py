"""How far a number can be believed: intervals, tests between two models, calibration, agreement.

Resampling N rows with replacement makes the confusion matrix's counts multinomial; drawing the counts themselves is the
same bootstrap without the rows, 2,000 times in milliseconds. Only the log loss needs rows, and gets them.
"""

import dataclasses
import math

import numpy as np

from fer_keras.evaluation import counts

RESAMPLES, CONFIDENCE, BINS = 2000, 0.95, 15
NORMAL_QUANTILE = 1.959963984540054
"""Of (1 + CONFIDENCE) / 2. Written out, and Wilson's formula with it: to load scipy.stats takes two seconds."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """A two-sided 95 % interval."""

    low: float
    high: float

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high


def bootstrap(labels: np.ndarray, probabilities: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """Return the percentile bootstrap interval of every headline metric for labels [N], probabilities [N, K]."""
    rng = np.random.default_rng(seed)
    table = counts.confusion_counts(labels, probabilities.argmax(axis=1), probabilities.shape[1])
    resampled = resample_counts(table, rng)
    intervals = {name: percentile_interval(metric(resampled)) for name, metric in counts.HEADLINE.items()}
    return intervals | {"log_loss": percentile_interval(_resampled_means(row_losses(labels, probabilities), rng))}


def bootstrap_counts(table: np.ndarray, metric, seed: int = 0) -> Interval:
    """Return the interval of `metric`, a function of confusion tables [..., K, K] such as those in `counts`."""
    return percentile_interval(metric(resample_counts(table, np.random.default_rng(seed))))


def paired_bootstrap(labels: np.ndarray, first: np.ndarray, second: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """Return the interval of `second` minus `first` (probabilities [N, K], same rows) for the headline metrics."""
    rng, classes = np.random.default_rng(seed), first.shape[1]
    joint = np.zeros((classes, classes, classes), np.int64)
    np.add.at(joint, (labels, first.argmax(axis=1), second.argmax(axis=1)), 1)
    resampled = resample_counts(joint, rng)
    one, other = resampled.sum(axis=3), resampled.sum(axis=2)
    intervals = {name: percentile_interval(metric(other) - metric(one)) for name, metric in counts.HEADLINE.items()}
    difference = row_losses(labels, second) - row_losses(labels, first)
    return intervals | {"log_loss": percentile_interval(_resampled_means(difference, rng))}


def resample_counts(table: np.ndarray, rng: np.random.Generator, resamples: int = RESAMPLES) -> np.ndarray:
    """Return int64 [resamples, *table.shape]: tables of as many rows drawn with replacement from `table`."""
    total = table.sum()
    return rng.multinomial(total, table.ravel() / total, size=resamples).reshape(resamples, *table.shape)


def percentile_interval(samples: np.ndarray, confidence: float = CONFIDENCE) -> Interval:
    """Return the central `confidence` share of `samples`, NaN (a resample where the metric is undefined) left out."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(samples, (tail, 1 - tail))
    return Interval(float(low), float(high))


def row_losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return float64 [N]: minus the log probability of the true class, clipped as scikit-learn clips float64."""
    probabilities = probabilities.astype(np.float64)
    true = probabilities[np.arange(len(labels)), labels] / probabilities.sum(axis=1)
    tiny = np.finfo(np.float64).eps
    return -np.log(np.clip(true, tiny, 1 - tiny))


def _resampled_means(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    means = np.empty(RESAMPLES)
    for start in range(0, RESAMPLES, 250):  # 250 x 35,887 indices at a time stay under 100 MB
        shape = (min(250, RESAMPLES - start), len(numbers))
        chosen = rng.integers(len(numbers), size=shape, dtype=np.uint16 if len(numbers) < 2**16 else np.int64)
        means[start : start + 250] = numbers[chosen].mean(axis=1)
    return means


def wilson(successes: float, trials: int) -> Interval:
    """Return the 95 % Wilson score interval of a share. Raises ValueError when trials is 0."""
    if trials < 1:
        raise ValueError(f"Expected at least one trial. Received: {trials}")
    share, widening = successes / trials, NORMAL_QUANTILE**2 / trials
    middle = share + widening / 2
    reach = NORMAL_QUANTILE * math.sqrt((share * (1 - share) + widening / 4) / trials)
    return Interval(max(0.0, (middle - reach) / (1 + widening)), min(1.0, (middle + reach) / (1 + widening)))


def mcnemar(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> dict:
    """McNemar's exact test that two sets of predicted classes [N] err equally often on the same rows.

    Returns {"only_first": rows that only the first has right, "only_second": ..., "p": two-sided p value}.
    """
    from scipy.stats import binomtest

    right, other = first == labels, second == labels
    only_first, only_second = int((right & ~other).sum()), int((other & ~right).sum())
    discordant = only_first + only_second
    p = float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else 1.0
    return {"only_first": only_first, "only_second": only_second, "p": p}


def reliability(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> dict[str, np.ndarray]:
    """Return {"edges" [bins + 1], "rows", "confidence", "accuracy" [bins]}: equal-width bins (low, high] of confidence.

    Means of an empty bin are NaN.
    """
    return _binned(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins)


def _binned(confidence: np.ndarray, right: np.ndarray, bins: int) -> dict[str, np.ndarray]:
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    rows = np.bincount(bin_of, minlength=bins)
    at_least_one = np.where(rows, rows, np.nan)
    means = {
        "confidence": np.bincount(bin_of, weights=confidence, minlength=bins) / at_least_one,
        "accuracy": np.bincount(bin_of, weights=right, minlength=bins) / at_least_one,
    }
    return {"edges": edges, "rows": rows, **means}


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> float:
    """Return the mean |accuracy - confidence| over equal-width bins, weighted by rows (Guo et al. 2017, eq. 3)."""
    return _mean_gap(reliability(labels, probabilities, bins))


def classwise_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Return [K]: of each class, the mean |its share - its probability| over equal-width bins of that probability.

    One class against the rest, over all images, bins weighted by their images: the term of a class in classwise ECE (Kull
    et al. 2019, arXiv:1910.12656), which is their mean, and in the static calibration error of Nixon et al. 2019
    (arXiv:1904.01685).
    """
    columns = enumerate(probabilities.T)
    return np.array([_mean_gap(_binned(column, labels == index, bins)) for index, column in columns])


def _mean_gap(table: dict[str, np.ndarray]) -> float:
    """Return the mean gap between accuracy and confidence over the bins of `reliability`, weighted by rows."""
    gap = np.abs(np.nan_to_num(table["accuracy"] - table["confidence"]))
    return float((gap * table["rows"]).sum() / table["rows"].sum())


def agreement(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Return {"rows", "share" of equal labels, "kappa" (Cohen's)} of two labelings [N] of the same rows."""
    from sklearn.metrics import cohen_kappa_score

    share = float((first == second).mean())
    return {"rows": len(first), "share": share, "kappa": float(cohen_kappa_score(first, second))}
