"""What paper 000's Table I and Table II imply, computed."""

from fractions import Fraction

from fer_keras.studies.paper_consistency import implied
from fer_keras.studies.paper_consistency.implied import Range, counts, rising
from fer_keras.studies.paper_consistency.printed import PAPER_000 as P

TOTAL = sum(line.support for line in P.report.values())
"""Rows of the test set, from the supports."""


def right_rows() -> dict[str, range]:
    """Return {class: the counts of right rows whose share rounds to the recall}; Fear's also to Table II's 42.8 %."""
    found = {name: counts(line.recall, line.support) for name, line in P.report.items()}
    by_table_ii = counts(P.fear_accuracy, P.report["fear"].support, unit=100)
    found["fear"] = range(max(found["fear"].start, by_table_ii.start), min(found["fear"].stop, by_table_ii.stop))
    return found


def accuracy() -> Range:
    """Return the accuracy that recalls and supports imply; the ends from whole counts of right rows."""
    mid = sum(line.recall.value * line.support for line in P.report.values())
    found = right_rows().values()
    return Range(*(Fraction(n) / TOTAL for n in (sum(r[0] for r in found), mid, sum(r[-1] for r in found))))


def average(kind: str, name: str) -> Range:
    """Return the "macro" or "weighted" average of the column `name` (a field of Line)."""
    lines = P.report.values()
    weights = [Fraction(line.support, TOTAL) if kind == "weighted" else Fraction(1, len(lines)) for line in lines]
    return rising(
        lambda *values: sum(weight * value for weight, value in zip(weights, values, strict=True)),
        *(getattr(line, name) for line in lines),
    )


def predicted_rows() -> Range:
    """Return how many rows were called some class: right rows / precision, summed; the ends as digits allow."""
    lines = P.report.values()
    low = sum(line.recall.low * line.support / line.precision.high for line in lines)
    mid = sum(line.recall.value * line.support / line.precision.value for line in lines)
    return Range(low, mid, sum(line.recall.high * line.support / line.precision.low for line in lines))


def chi_square_least() -> Range:
    """Return the least chi-square that Table I allows: N (sum of precision times recall - 1).

    Chi-square is N (sum over cells n² / (row total times column total) - 1); the diagonal's part of the sum is precision
    times recall, and every other cell adds to it.
    """
    pairs = [number for line in P.report.values() for number in (line.precision, line.recall)]
    return rising(lambda *v: TOTAL * (sum(p * r for p, r in zip(v[::2], v[1::2], strict=True)) - 1), *pairs)


def fear_rows() -> dict[str, int]:
    """Return the rows of true Fear that Table II accounts for: {class called: rows}; each share fits one count only."""
    support = P.report["fear"].support
    shares = {"fear": P.fear_accuracy, "sad": P.high_confusion["fear", "sad"][1], **P.fear_called}
    return {name: next(iter(counts(share, support, unit=100))) for name, share in shares.items()}


def f1_scores() -> dict[str, Range]:
    """Return {class: F1-score from its precision and recall}."""
    return {name: rising(implied.f1, line.precision, line.recall) for name, line in P.report.items()}
