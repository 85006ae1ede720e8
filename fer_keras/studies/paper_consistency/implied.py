"""The arithmetic behind reports/consistency.md: what printed numbers imply, and whether another number agrees with it.

All of it is exact (fractions); a rounded number stands for every value that rounds to it.
"""

import dataclasses
import math
from collections.abc import Callable
from fractions import Fraction

from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TRAIN
from fer_keras.data import official_copy
from fer_keras.studies.paper_consistency.printed import Number

AGREES, ROUNDING, DISAGREES, OPEN = "agrees", "within rounding", "disagrees", "open"


@dataclasses.dataclass(frozen=True)
class Check:
    """One comparison: `what` is compared, the quote with its place, the computation as text, the verdict."""

    what: str
    printed: str
    follows: str
    verdict: str


@dataclasses.dataclass(frozen=True)
class Range:
    """What follows from rounded numbers: `mid` from the numbers as printed, `low` to `high` when their digits end."""

    low: Fraction
    mid: Fraction
    high: Fraction

    def text(self, digits: int, scale: int = 1) -> str:
        """Return "0.674 (0.669 to 0.679)"."""
        mid, low, high = (decimal(scale * edge, digits) for edge in (self.mid, self.low, self.high))
        return f"{mid} ({low} to {high})"


def rising(function: Callable[..., Fraction], *numbers: Number) -> Range:
    """Return the range of `function`, which must rise with every argument, over what the numbers can stand for."""
    return Range(*(function(*(getattr(number, edge) for number in numbers)) for edge in ("low", "value", "high")))


def held(number: Number, found: Range) -> str:
    """Return the verdict on `number` beside a range computed from other rounded numbers."""
    if number.holds(found.mid):
        return AGREES
    return ROUNDING if found.low <= number.high and number.low <= found.high else DISAGREES


def equal(fact: bool) -> str:
    """Return "agrees" or "disagrees"."""
    return AGREES if fact else DISAGREES


def worst(verdicts: list[str]) -> str:
    """Return the worst of several verdicts."""
    return max(verdicts, key=(AGREES, ROUNDING, DISAGREES).index)


def f1(precision: Fraction, recall: Fraction) -> Fraction:
    """Return the harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall)


def counts(number: Number, rows: int, unit: int = 1) -> range:
    """Return the whole numbers of `rows` whose share rounds to `number`; `unit` is 100 where that is in per cent.

    Empty when no count does: then the number was not computed on so many rows.
    """
    return range(math.ceil(number.low * rows / unit), math.floor(number.high * rows / unit) + 1)


def balanced_weights(samples: dict[str, int]) -> dict[str, Fraction]:
    """Return scikit-learn's "balanced" class weights n / (K n_c)."""
    return {name: Fraction(sum(samples.values()), len(samples) * n) for name, n in samples.items()}


def constants(weights: dict[str, tuple[int, Number]]) -> dict[str, tuple[Fraction, Fraction]]:
    """Return {class: (low, high)} of the constants c for which c / samples rounds to the class's weight."""
    return {name: (weight.low * n, weight.high * n) for name, (n, weight) in weights.items()}


def best_constant(intervals: dict[str, tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction, list[str]]:
    """Return (low, high, classes): the constants that lie in the most intervals, and those intervals' classes."""
    found = []
    for low, _ in intervals.values():
        inside = [name for name, (start, end) in intervals.items() if start <= low <= end]
        found.append((low, min(intervals[name][1] for name in inside), inside))
    return max(found, key=lambda item: len(item[2]))


def log10_p(statistic: float, freedom: int) -> float:
    """Return log10 of the upper tail of the chi-square distribution, for an even number of degrees of freedom.

    The tail is exp(-x/2) times the sum of (x/2)^k / k! for k below freedom / 2. Raises ValueError for an odd number.
    """
    if freedom % 2:
        raise ValueError(f"Expected an even number of degrees of freedom. Received: {freedom}")
    half = statistic / 2
    terms = [k * math.log(half) - math.lgamma(k + 1) for k in range(freedom // 2)]
    top = max(terms)
    return (top + math.log(sum(math.exp(term - top) for term in terms)) - half) / math.log(10)


def class_rows(*splits: str) -> dict[str, int]:
    """Return {class: rows} of FER2013 in `splits` together; in all three when none is named."""
    official = official_copy.official_counts()
    wanted = splits or (TRAIN, PUBLIC, PRIVATE)
    return {name: sum(official[split][name] for split in wanted) for name in FER2013_CLASSES}


def rows(*splits: str) -> int:
    """Return how many rows FER2013 has in `splits` together: 28,709 / 3,589 / 3,589, in all 35,887."""
    return sum(class_rows(*splits).values())


def decimal(value: Fraction | float, digits: int) -> str:
    """Return `value` with `digits` decimals and commas at the thousands."""
    return f"{float(value):,.{digits}f}"
