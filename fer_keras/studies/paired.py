"""Two networks on the same images, seed by seed: the mean difference of a metric, with its interval."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.evaluation import statistics
from fer_keras.evaluation.statistics import Interval
from fer_keras.report.result_groups import Row
from fer_keras.runs import predictions, splits
from fer_keras.runs.record import RESULTS
from fer_keras.studies.compare import joined

HOLDS, OPEN, HARMS, FEW = "helps", "no difference shown", "harms", "too few seeds"
SEEDS, RESAMPLES = 3, 10_000


@dataclasses.dataclass(frozen=True)
class Paired:
    """A variant against a plain network: per seed the differences and McNemar's p, and the mean with its interval.

    `sign` is -1 where less is better, as of a confusion.
    """

    differences: tuple[float, ...]
    p_values: tuple[float, ...]
    mean: float
    interval: Interval
    sign: int = 1

    @property
    def verdict(self) -> str:
        """HOLDS or HARMS where the interval excludes zero and every one of at least SEEDS seeds has the same sign."""
        if len(self.differences) < SEEDS:
            return FEW
        signs = {np.sign(difference) for difference in self.differences}
        if 0.0 in self.interval or len(signs) > 1:
            return OPEN
        return HOLDS if self.sign * self.mean > 0 else HARMS


def paired(
    plain: Sequence[dict],
    variant: Sequence[dict],
    metric: str = "accuracy",
    confidence: float = statistics.CONFIDENCE,
    seed: int = 0,
) -> Paired:
    """Compare predictions (`rows`, `labels`, `probabilities`) of the same images, one pair of entries a training seed.

    Args:
        metric: "accuracy", "balanced_accuracy", "recall/CLASS" or "confusion/TRUE/CALLED", classes of FER2013.
        confidence: of the percentile bootstrap over the images.
    """
    kind, *classes = metric.split("/")
    names = [FER2013_CLASSES.index(name) for name in classes]
    differences, p_values, by_row = [], [], []
    for first, second in zip(plain, variant, strict=True):
        first, second = joined(first, second, "two runs of one seed")
        labels = first["labels"]
        wanted = np.full_like(labels, names[1]) if kind == "confusion" else labels
        one, other = (part["probabilities"].argmax(axis=1) for part in (first, second))
        chosen = labels == names[0] if names else np.ones(len(labels), bool)
        groups = labels[chosen] if kind == "balanced_accuracy" else np.zeros(chosen.sum(), int)
        by_row.append(((other == wanted).astype(float) - (one == wanted))[chosen])
        differences.append(_mean_of_groups(by_row[-1], groups))
        p_values.append(statistics.mcnemar(wanted[chosen], one[chosen], other[chosen])["p"])
    resampled = _resampled(np.mean(by_row, axis=0), groups, np.random.default_rng(seed))
    return Paired(
        tuple(differences),
        tuple(p_values),
        float(np.mean(differences)),
        statistics.percentile_interval(resampled, confidence),
        -1 if kind == "confusion" else 1,
    )


def _mean_of_groups(values: np.ndarray, groups: np.ndarray) -> float:
    """Return the mean over the groups that occur of the mean of each group's values."""
    rows = np.bincount(groups)
    sums = np.bincount(groups, weights=values)
    return float((sums[rows > 0] / rows[rows > 0]).mean())


def _resampled(values: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `_mean_of_groups` of RESAMPLES sets of as many images, drawn with replacement.

    Few values occur, so the counts of equal images are drawn instead of the images: the same bootstrap.
    """
    cells, rows = np.unique(np.stack([values, groups]), axis=1, return_counts=True)
    drawn = statistics.resample_counts(rows, rng, RESAMPLES)
    members = cells[1] == np.unique(groups)[:, None]
    counted = np.maximum(drawn @ members.T, 1)
    return ((drawn * cells[0]) @ members.T / counted).mean(axis=1)


def of_rows(
    plain: Row | None, variant: Row | None, reports_dir: Path, *metrics: str, **arguments
) -> list[Paired | None]:
    """Return `paired` on PrivateTest for each of `metrics`, of runs with the same seed; Nones where there is no pair."""
    pairs = _pairs(plain, variant) if plain and variant else []
    if not pairs:
        return [None] * len(metrics)
    first, second = (
        [predictions.read(reports_dir / RESULTS / run["run"], run)[splits.private(run)] for run in runs]
        for runs in zip(*pairs, strict=True)
    )
    return [paired(first, second, metric, **arguments) for metric in metrics]


def _pairs(plain: Row, variant: Row) -> list[tuple[dict, dict]]:
    by_seed = {run["seed"]: run for run in variant.records}
    return [
        (run, by_seed[run["seed"]])
        for run in sorted(plain.records, key=lambda run: run["seed"])
        if run["seed"] in by_seed
    ]


def cells(compared: Paired | None) -> list:
    """Return differences by seed, their mean and interval in points, McNemar's p, and the verdict, for a table."""
    if compared is None:
        return [None] * 5
    return [
        ", ".join(f"{100 * difference:+.2f}" for difference in compared.differences),
        f"{100 * compared.mean:+.2f}",
        f"{100 * compared.interval.low:+.2f} to {100 * compared.interval.high:+.2f}",
        ", ".join(f"{p:.3g}" for p in compared.p_values),
        compared.verdict,
    ]


HEADER = ("points, by seed", "mean", "interval", "McNemar p, by seed", "verdict")
"""Of `cells`."""
