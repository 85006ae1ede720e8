"""Paper 000: does its classification report agree with itself, with Table II and with FER2013's counts?"""

import math
from fractions import Fraction

from fer_keras.config.labels import PRIVATE, PUBLIC, TRAIN
from fer_keras.studies.paper_consistency import implied
from fer_keras.studies.paper_consistency.implied import Check, Range, class_rows, counts, decimal, equal
from fer_keras.studies.paper_consistency.implied_000 import (
    TOTAL,
    accuracy,
    average,
    chi_square_least,
    f1_scores,
    fear_rows,
    predicted_rows,
)
from fer_keras.studies.paper_consistency.printed import PAPER_000 as P
from fer_keras.studies.paper_consistency.printed import Number


def checks() -> list[Check]:
    """Return the comparisons in the paper's order."""
    averages = [_average(kind, name) for kind in ("macro", "weighted") for name in ("precision", "recall", "f1")]
    return [
        _affectnet(),
        _split_sizes(),
        _figure_3(),
        _supports(),
        _accuracy(),
        *averages,
        _f1_scores(),
        _predicted_rows(),
        _extremes(),
        _mean_baseline(),
        _sad_and_neutral(),
        _shares(),
        _fear(),
        _freedom(),
        _chi_square_bounds(),
        _p_value(),
    ]


def _affectnet() -> Check:
    each = P.affectnet_train.value / P.affectnet_classes.value
    low, high = P.affectnet_each
    return Check(
        "Balanced AffectNet: images in a class",
        f"“Training: {P.affectnet_train}”, “{P.affectnet_classes} emotion categories with about {low}-{high} samples in"
        f" each” ({P.affectnet_train.where})",
        f"{P.affectnet_train} / {P.affectnet_classes} = {decimal(each, 1)}",
        equal(low.value <= each <= high.value),
    )


def _split_sizes() -> Check:
    train, test = implied.rows(TRAIN), implied.rows(PUBLIC, PRIVATE)
    return Check(
        "Size of FER2013's splits",
        f"“Training: {P.train}, Test: {P.test}” ({P.train.where})",
        f"Training {train:,}; PublicTest and PrivateTest together {test:,}",
        equal(P.train.holds(train) and P.test.holds(test)),
    )


def _figure_3() -> Check:
    happy, disgust = P.figure_3.values()
    train, every = class_rows(TRAIN), class_rows()
    return Check(
        "Class counts shown for fine-tuning are Training's",
        f"“Training: {P.train} … Happy ({happy} samples) … Disgust ({disgust} samples)” ({happy.where})",
        f"Training has {train['happy']:,} and {train['disgust']:,}; {every['happy']:,} and {every['disgust']:,} are the"
        f" counts of all {sum(every.values()):,} images, test images among them",
        equal(all(number.holds(train[name]) for name, number in P.figure_3.items())),
    )


def _supports() -> Check:
    public, private = class_rows(PUBLIC), class_rows(PRIVATE)
    sums = [f"{public[name]} + {private[name]} = {public[name] + private[name]}" for name in P.report]
    same = all(public[name] + private[name] == line.support for name, line in P.report.items())
    return Check(
        "Supports are those of PublicTest and PrivateTest together",
        f"Support {', '.join(str(line.support) for line in P.report.values())}; {P.macro.support} (Table I)",
        f"{'; '.join(sums)}; in all {TOTAL:,}",
        equal(same and TOTAL == P.macro.support == P.weighted.support),
    )


def _accuracy() -> Check:
    found = accuracy()
    allowed = counts(P.accuracy, TOTAL)
    least, most = max(allowed[0], int(found.low * TOTAL)), min(allowed[-1], int(found.high * TOTAL))
    narrowed = f"; with {P.accuracy} that leaves {least:,} to {most:,}: {_per_row(least)} to {_per_row(most)}"
    return Check(
        "Accuracy is recall times support over all images",
        f"Accuracy {P.accuracy} ({P.accuracy.where})",
        f"{decimal(found.mid * TOTAL, 1)} / {TOTAL:,} = {decimal(found.mid, 4)}; the recalls' digits (Fear's from Table"
        f" II) allow {decimal(found.low * TOTAL, 0)} to {decimal(found.high * TOTAL, 0)} right images, {found.text(4)}"
        + (narrowed if least <= most else ""),
        implied.held(P.accuracy, found),
    )


def _per_row(right: int) -> str:
    return decimal(Fraction(right, TOTAL), 4)


def _average(kind: str, name: str) -> Check:
    number, found = getattr(getattr(P, kind), name), average(kind, name)
    column = {"precision": "precisions", "recall": "recalls", "f1": "F1-scores"}[name]
    how = "weighted by support" if kind == "weighted" else "sum / 7"
    return Check(
        f"{kind.title()} average of the {column}",
        f"{kind.title()} Avg {number} ({number.where})",
        f"{how}: {found.text(4)}",
        implied.held(number, found),
    )


def _f1_scores() -> Check:
    found = f1_scores()
    return Check(
        "F1-score from precision and recall, class by class",
        f"F1-Score {', '.join(f'{name} {line.f1}' for name, line in P.report.items())} (Table I)",
        "; ".join(f"{name} {each.text(3)}" for name, each in found.items()),
        implied.worst([implied.held(line.f1, found[name]) for name, line in P.report.items()]),
    )


def _predicted_rows() -> Check:
    found = predicted_rows()
    return Check(
        "Every image is called exactly one class",
        f"Precision, Recall, Support; {P.macro.support} images (Table I)",
        f"recall × support / precision, summed over the classes: {found.text(0)}",
        implied.held(Number(str(P.macro.support), "Table I"), found),
    )


def _extremes() -> Check:
    ranked = sorted(P.report, key=lambda name: P.report[name].f1.value)
    worst, best = ranked[0], ranked[-1]
    return Check(
        "Best and worst F1-score",
        f"“the best F1-score ({P.best_f1}) and the worst F1-score ({P.worst_f1})” ({P.best_f1.where})",
        f"Table I: best {best} {P.report[best].f1}, worst {worst} {P.report[worst].f1}",
        equal((P.report[best].f1.text, P.report[worst].f1.text) == (P.best_f1.text, P.worst_f1.text)),
    )


def _mean_baseline() -> Check:
    found = average("macro", "recall")
    percent = Range(*(100 * edge for edge in (found.low, found.mid, found.high)))
    return Check(
        "Mean of the per-class accuracies",
        f"“per-class accuracy against the mean baseline ({P.mean_baseline}%)” ({P.mean_baseline.where})",
        f"mean of the seven recalls {percent.text(1)} %; {P.mean_baseline} % is the overall accuracy, their mean weighted"
        " by support",
        implied.held(P.mean_baseline, percent),
    )


def _sad_and_neutral() -> Check:
    (there, _), (back, _) = P.high_confusion["sad", "neutral"], P.high_confusion["neutral", "sad"]
    return Check(
        "Sad and Neutral taken for each other",
        f"“Sad-Neutral ({P.sad_and_neutral} total samples)” ({P.sad_and_neutral.where})",
        f"{there} + {back} = {there + back} (Table II)",
        equal(P.sad_and_neutral.holds(there + back)),
    )


def _shares() -> Check:
    pairs = P.high_confusion.items()
    shares = [(Fraction(100 * n, P.report[true].support), n, true, share) for (true, _), (n, share) in pairs]
    return Check(
        "Shares of the high-confusion pairs",
        f"{', '.join(f'{share}% ({n} samples)' for _, n, _, share in shares)} (Table II)",
        "; ".join(f"{n} / {P.report[true].support} = {decimal(found, 2)} %" for found, n, true, _ in shares),
        equal(all(share.holds(found) for found, _, _, share in shares)),
    )


def _fear() -> Check:
    support, line, found = P.report["fear"].support, P.report["fear"], fear_rows()
    right = Fraction(found["fear"], support)
    others = ", ".join(f"{name.title()} {share}%" for name, share in P.fear_called.items())
    return Check(
        "Fear's accuracy, recall and confusions",
        f"Recall {line.recall} (Table I); Fear {P.fear_accuracy}%, {others} ({P.fear_accuracy.where})",
        f"only {found['fear']} / {support} = {decimal(100 * right, 2)} % gives both; {' + '.join(map(str, found.values()))}"
        f" = {sum(found.values())} images, {support - sum(found.values())} left for the other three classes",
        equal(line.recall.holds(right) and sum(found.values()) <= support),
    )


def _freedom() -> Check:
    classes = len(P.report)
    return Check(
        "Degrees of freedom of the confusion matrix",
        f"Degrees of freedom {P.freedom} ({P.freedom.where})",
        f"({classes} - 1)² = {(classes - 1) ** 2}",
        equal(P.freedom.holds((classes - 1) ** 2)),
    )


def _chi_square_bounds() -> Check:
    least, most = chi_square_least(), TOTAL * (len(P.report) - 1)
    share = math.sqrt(P.chi_square.value / most)
    return Check(
        "Chi-square fits a 7 × 7 table with Table I's diagonal",
        f"χ² = {P.chi_square} ({P.chi_square.where})",
        f"at most N (K - 1) = {TOTAL:,} × {len(P.report) - 1} = {most:,} (Cramér's V {decimal(share, 2)}); at least"
        f" N (Σ precision × recall - 1) = {least.text(0)}",
        equal(least.low <= P.chi_square.value <= most),
    )


def _p_value() -> Check:
    exponent = implied.log10_p(float(P.chi_square.value), int(P.freedom.value))
    return Check(
        "P-value of that chi-square",
        f"P-value {P.p_value}×10⁰ ({P.p_value.where})",
        f"about 10^{exponent:.0f}, below the smallest float64 (5 × 10^-324)",
        equal(exponent < math.log10(P.p_value.high)),
    )
