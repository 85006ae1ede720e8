"""The paired test by hand."""

import numpy as np
import pytest

from fer_keras.studies import paired


def of(right, rows=8):
    """Return predictions of `rows` faces of class 0, of which those in `right` are called 0 and the rest 1."""
    probabilities = np.tile(np.float32([0.2, 0.8]), (rows, 1))
    probabilities[list(right)] = (0.8, 0.2)
    return {"rows": np.arange(rows), "labels": np.zeros(rows, int), "probabilities": probabilities}


def test_differences_and_p_values_by_hand():
    found = paired.paired([of({0, 1}), of({0})], [of({0, 1, 2, 3, 4, 5}), of({1, 2})])
    assert found.differences == (4 / 8, 1 / 8)
    # Seed 0: 4 discordant rows, all for the variant: p = 2 / 2**4. Seed 1: 2 against 1: p = 1.
    assert found.p_values == pytest.approx((2 / 16, 1.0))
    assert found.mean == pytest.approx((4 + 1) / 16)


def test_verdicts():
    rows = range(100)
    plain = [of(set(rows[:50]), 100)] * 3
    assert paired.paired(plain, [of(set(rows[:80]), 100)] * 3).verdict == paired.HOLDS
    assert paired.paired(plain, [of(set(rows[:20]), 100)] * 3).verdict == paired.HARMS
    assert paired.paired(plain, [of(set(rows[:50]), 100)] * 3).verdict == paired.OPEN
    divided = [of(set(rows[:90]), 100), of(set(rows[:90]), 100), of(set(rows[:45]), 100)]
    assert paired.paired(plain, divided).verdict == paired.OPEN
    assert paired.paired(plain[:2], [of(set(rows[:80]), 100)] * 2).verdict == paired.FEW


def test_rows_in_another_order_are_joined():
    first = of({0, 1})
    turned = {key: value[::-1] for key, value in first.items()}
    assert paired.paired([first], [turned]).differences == (0.0,)


def called(labels, predicted):
    probabilities = np.full((len(labels), 7), 0.05, np.float32)
    probabilities[np.arange(len(labels)), predicted] = 0.7
    return {"rows": np.arange(len(labels)), "labels": np.array(labels), "probabilities": probabilities}


def test_balanced_accuracy_recall_and_a_confusion_by_hand():
    # angry 0, fear 2, surprise 5: of four fears one is right at first and three are later; of two angry ones both, then one.
    labels = [0, 0, 2, 2, 2, 2]
    plain, variant = called(labels, [0, 0, 2, 5, 5, 5]), called(labels, [0, 2, 2, 2, 2, 5])
    expected = {
        "accuracy": 1 / 6,
        "balanced_accuracy": (-1 / 2 + 2 / 4) / 2,
        "recall/fear": 2 / 4,
        "confusion/fear/surprise": -2 / 4,
    }
    for metric, difference in expected.items():
        found = paired.paired([plain], [variant], metric)
        assert found.mean == pytest.approx(difference), metric
        assert found.interval.low <= difference <= found.interval.high
    assert paired.paired([plain], [variant], "confusion/fear/surprise").p_values == pytest.approx((2 / 2**2,))


def test_a_confusion_is_helped_by_being_rarer():
    labels = [2] * 100
    plain, variant = called(labels, [5] * 60 + [2] * 40), called(labels, [5] * 20 + [2] * 80)
    assert paired.paired([plain] * 3, [variant] * 3, "confusion/fear/surprise").verdict == paired.HOLDS
    assert paired.paired([variant] * 3, [plain] * 3, "confusion/fear/surprise").verdict == paired.HARMS
