"""Paper 002: do its differences, counts and settings agree?"""

from fractions import Fraction

from fer_keras.config.labels import FER2013_CLASSES, TRAIN, canonical
from fer_keras.studies.paper_consistency import implied
from fer_keras.studies.paper_consistency.implied import OPEN, Check, counts, decimal, equal
from fer_keras.studies.paper_consistency.printed import PAPER_002 as P
from fer_keras.studies.paper_consistency.printed import Number


def checks() -> list[Check]:
    """Return the comparisons in the paper's order."""
    return [
        _emotions(),
        _head(),
        _validation_share(),
        _momentum(),
        _best_epoch(),
        _test_or_validation(),
        _gain("the first model", P.first_model, P.gain_first, "improved accuracy by {}%"),
        _gain("a CNN of others", P.other_cnn, P.gain_cnn, "a {}% increase"),
    ]


def _emotions() -> Check:
    named = {place: {canonical(name) for name in names} for place, names in P.emotions.items()}
    return Check(
        "Seven emotions, the same ones throughout",
        f"“seven emotions” ({', '.join(named)})",
        "; ".join(f"{place}: {len(found)} different ones" for place, found in named.items()) + "; FER2013's classes",
        equal(all(found == set(FER2013_CLASSES) for found in named.values())),
    )


def head_parameters() -> int:
    """Return the parameters (weights and biases) of paper 002's head."""
    return sum((inputs + 1) * outputs for inputs, outputs in zip(P.head, P.head[1:], strict=False))


def _head() -> Check:
    layers = len(P.head) - 1
    sums = " + ".join(f"{a + 1} × {b}" for a, b in zip(P.head, P.head[1:], strict=False))
    return Check(
        "Layers of the head",
        f"“three fully connected layers ({'→'.join(map(str, P.head))})” ({P.head_layers.where})",
        f"{len(P.head)} widths are {layers} layers, {sums} = {head_parameters():,} parameters",
        equal(P.head_layers.holds(layers)),
    )


def _validation_share() -> Check:
    rows = round(implied.rows(TRAIN) * P.validation_share.value / 100)
    found = counts(P.validation, rows, unit=100)
    return Check(
        "Validation accuracy is a whole count of the validation images",
        f"“split 80/{P.validation_share} into training and validation” ({P.validation_share.where}); {P.validation}%"
        f" ({P.validation.where})",
        f"20 % of Training's {implied.rows(TRAIN):,} images are {rows:,}: "
        + (f"{found[0]:,} / {rows:,} = {decimal(Fraction(100 * found[0], rows), 2)} %" if found else "no count fits"),
        equal(len(found) > 0),
    )


def _momentum() -> Check:
    low, high = Fraction(85, 100), Fraction(95, 100)
    return Check(
        "Momentum under OneCycle",
        f"“momentum = {P.momentum}”, “OneCycleLR over {P.epochs} epochs” ({P.momentum.where})",
        f"PyTorch's OneCycleLR replaces the optimizer's momentum by a cycle {decimal(high, 2)} → {decimal(low, 2)} →"
        f" {decimal(high, 2)} unless cycle_momentum is off; {P.momentum} is then its mean, ({decimal(low, 2)} +"
        f" {decimal(high, 2)}) / 2 = {decimal((low + high) / 2, 2)}, not its value. The paper does not say which",
        OPEN,
    )


def _best_epoch() -> Check:
    left = P.epochs.value - P.best_epoch.value
    return Check(
        "Best epoch and early stopping",
        f"“{P.validation}% at epoch {P.best_epoch}, with early stopping not triggered” ({P.best_epoch.where}); {P.epochs}"
        f" epochs ({P.epochs.where})",
        f"{P.epochs} - {P.best_epoch} = {left} epochs follow it: a patience above {left} is not used up",
        equal(left >= 0),
    )


def _test_or_validation() -> Check:
    return Check(
        "Test accuracy is another number than validation accuracy",
        f"validation {P.validation}%, test {P.test}% “on a separate test set”; Figure 3's 'test_acc' over the epochs"
        f" “reflecting the reported {P.test}%” ({P.test.where})",
        f"{P.validation} rounds to {round(P.validation.value)}: as published the two cannot be told apart, and a curve over"
        " the epochs is a validation curve",
        OPEN if P.test.holds(P.validation.value) else implied.AGREES,
    )


def _gain(name: str, other: Number, gain: Number, words: str) -> Check:
    points, relative = P.test.value - other.value, 100 * (P.test.value / other.value - 1)
    return Check(
        f"Gain over {name}",
        f"“{words.format(gain)}”, {P.test}% against {other}% ({gain.where})",
        f"{P.test} - {other} = {decimal(points, 0)} points (in per cent of {other}: {decimal(relative, 1)})",
        equal(gain.holds(points)),
    )
