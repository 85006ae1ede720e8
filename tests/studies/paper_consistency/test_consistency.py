from fractions import Fraction

import pytest

from fer_keras.recipes.p003_hybrid_resnet50 import HYBRID
from fer_keras.recipes.p004_resnet50_cnn import EXPERIMENT as PAPER_004_SUITE
from fer_keras.studies.paper_consistency import (
    consistency,
    consistency_001,
    consistency_002,
    consistency_003,
    consistency_004,
    implied,
    implied_000,
)
from fer_keras.studies.paper_consistency.implied import DISAGREES, OPEN, ROUNDING
from fer_keras.studies.paper_consistency.printed import PAPER_000, PAPER_001, PAPER_003, PAPER_004, Number

EXPECTED = {
    ("000", DISAGREES): ("Class counts shown for fine-tuning are Training's", "Mean of the per-class accuracies"),
    ("000", ROUNDING): (
        "Accuracy is recall times support over all images",
        "Weighted average of the recalls",
        "F1-score from precision and recall, class by class",
        "Every image is called exactly one class",
    ),
    ("000", OPEN): (),
    ("001", DISAGREES): (
        "Training images as a share of all",
        "Test images as a share of all",
        "The four models were trained alike",
        "Test accuracies are whole counts of the test images",
        "Validation accuracies are whole counts of the validation images",
        "The baseline's confusion matrix is that of its accuracy",
        "Spatial attention helps",
        "Longest training",
    ),
    ("001", OPEN): (
        "The first epoch's loss fits its accuracy",
        "Attention and transfer are more than the sum of the two",
    ),
    ("002", DISAGREES): (),
    ("002", OPEN): ("Momentum under OneCycle", "Test accuracy is another number than validation accuracy"),
    ("003", DISAGREES): (
        "High-frequency classes have more images than low-frequency ones",
        "Shear in the tool that is named",
        "Class weights are n / (K n_c), the usual inverse frequency",
        "Class weights are some constant over n_c",
    ),
    ("003", OPEN): (
        "What attention scores are divided by",
        "Unfrozen layers exist and follow each other",
        "Recall of happy is a whole count of the test images",
    ),
    ("004", DISAGREES): (
        "Global average pooling compresses",
        "There are validation images beside the test images",
        "Loss weights make classes more equal",
        "Vanilla CNN: accuracy in the text",
        "Residual block + CNN: accuracy in the text",
        "Lead over the benchmark CNN",
    ),
    ("004", OPEN): ("Layers of the classifier",),
}


def thousandths(found):
    return [round(1000 * float(edge), 1) for edge in (found.low, found.mid, found.high)]


def follows(paper, what):
    return next(check.follows for check in consistency.all_checks()[paper] if check.what == what)


def test_a_printed_number_stands_for_what_rounds_to_it():
    number = Number("0.68", "Table I")
    assert (number.low, number.high) == (Fraction(675, 1000), Fraction(685, 1000))
    assert number.holds(Fraction(675, 1000))
    assert not number.holds(Fraction(6749, 10000))
    assert Number("28,709", "§III").value == 28709
    assert Number("68", "§3").half == Fraction(1, 2)


def test_whole_counts_that_give_a_share():
    assert list(implied.counts(Number("0.5", ""), 4)) == [2]
    assert list(implied.counts(Number("22.4", ""), 1024, unit=100)) == [229]
    found = implied.counts(Number("0.68", ""), 7178)
    assert (found[0], found[-1]) == (4846, 4916)
    assert len(implied.counts(Number("0.6624", ""), 3589)) == 0


@pytest.mark.parametrize(("paper", "verdict"), EXPECTED)
def test_the_verdicts(paper, verdict):
    found = [check.what for check in consistency.all_checks()[paper] if check.verdict == verdict]
    assert found == list(EXPECTED[paper, verdict])


def test_accuracy_from_recalls_and_supports():
    # 593.96 + 81.03 + 440.32 + 1507.90 + 838.44 + 710.79 + 664.80
    found = implied_000.accuracy()
    assert float(found.mid * 7178) == pytest.approx(4837.24)
    # 590 + 81 + 438 + 1500 + 833 + 705 + 661 and 598 + 81 + 438 + 1516 + 844 + 717 + 668
    assert (found.low * 7178, found.high * 7178) == (4808, 4862)


@pytest.mark.parametrize(
    ("kind", "name", "hand"),
    [
        ("macro", "precision", Fraction(448, 700)),
        ("macro", "recall", Fraction(468, 700)),
        ("macro", "f1", Fraction(455, 700)),
        ("weighted", "precision", Fraction(485600, 717800)),
        ("weighted", "recall", Fraction(483724, 717800)),
        ("weighted", "f1", Fraction(483383, 717800)),
    ],
)
def test_averages(kind, name, hand):
    found = implied_000.average(kind, name)
    assert found.mid == hand
    assert (found.low, found.high) == (hand - Fraction(5, 1000), hand + Fraction(5, 1000))


def test_f1_scores():
    found = implied_000.f1_scores()
    assert found["fear"].mid == Fraction(2 * 56 * 43, 9900)
    assert thousandths(found["fear"]) == [481.4, 486.5, 491.6]
    assert thousandths(found["angry"]) == [599.6, 604.6, 609.6]


def test_rows_called_some_class():
    # 1006.71 + 158.88 + 786.29 + 1694.27 + 1352.32 + 1292.35 + 874.74
    assert float(implied_000.predicted_rows().mid) == pytest.approx(7165.56, abs=0.01)


def test_fear_in_table_ii():
    assert implied_000.fear_rows() == {"fear": 438, "sad": 229, "angry": 131, "surprise": 103}


def test_chi_square():
    # .3658 + .3723 + .2408 + .7565 + .4216 + .3135 + .6080 = 3.0785
    assert float(implied_000.chi_square_least().mid) == pytest.approx(7178 * 2.0785)
    assert "7,178 × 6 = 43,068" in follows("000", "Chi-square fits a 7 × 7 table with Table I's diagonal")
    assert implied.log10_p(2.0, 2) == pytest.approx(-0.4342945)
    assert implied.log10_p(10.0, 4) == pytest.approx(-1.3934, abs=1e-4)
    assert round(implied.log10_p(16557.93, 36)) == -3543
    with pytest.raises(ValueError, match="even number"):
        implied.log10_p(1.0, 3)


def test_class_rows_are_fer2013s():
    assert implied.rows() == 35887
    assert implied.class_rows()["disgust"] == 547
    assert implied.class_rows("train")["happy"] == 7215
    assert {name: line.support for name, line in PAPER_000.report.items()} == implied.class_rows("public", "private")


def test_effects_of_attention_and_transfer():
    found = {name: float(value) for name, value in consistency_001.effects().items()}
    assert found == {"attention": -13.5, "transfer": -15.4, "both": 8.5, "beyond": 37.4}


def test_rows_that_give_paper_001s_accuracies():
    exact = [number for _, number in PAPER_001.printouts]
    assert consistency_001.reachable(exact, 3589) == [False, True, False]
    assert consistency_001.reachable(exact, 7178) == [True, True, False]
    assert consistency_001.reachable(exact, 7177) == [True, True, True]  # 4,754, 4,835 and 3,257 right
    assert consistency_001.reachable(list(PAPER_001.validation), 3589) == [False, False, False, True, True]
    assert consistency_001.reachable(list(PAPER_001.validation), 5741) == [True] * 5


def test_paper_002():
    assert consistency_002.head_parameters() == 262_656 + 131_328 + 1_799
    assert follows("002", "Gain over the first model") == "70 - 67 = 3 points (in per cent of 67: 4.5)"
    assert follows("002", "Gain over a CNN of others") == "70 - 56 = 14 points (in per cent of 56: 25.0)"
    assert "4,012 / 5,742 = 69.87 %" in follows("002", "Validation accuracy is a whole count of the validation images")


def test_class_weights_fit_no_formula():
    assert implied.balanced_weights({"a": 1, "b": 3}) == {"a": 2, "b": Fraction(2, 3)}
    balanced = implied.balanced_weights(consistency_003.SAMPLES)
    assert balanced["disgust"] == Fraction(35887, 7 * 547)
    low, high, inside = implied.best_constant(implied.constants(PAPER_003.weights))
    assert float(low) == pytest.approx(0.645 * 6198)
    assert float(high) == pytest.approx(0.445 * 8989)
    assert sorted(set(PAPER_003.weights) - set(inside)) == ["surprise"]
    assert round(4000 / 4002, 2) == 1.0


def test_recalls_that_the_balanced_accuracy_leaves():
    found = consistency_003.remaining_recall()
    assert float(found.mid) == pytest.approx((412.09 - 83.09 - 55) / 5)
    assert float(found.low) == pytest.approx((412.055 - 83.095 - 55.5) / 5)
    assert float(found.high) == pytest.approx((412.125 - 83.085 - 54.5) / 5)


def test_units_of_paper_003():
    assert follows("003", "Shear in degrees") == "0.4 rad × 180 / π = 22.9°"
    assert "√512 = 22.63" in follows("003", "What attention scores are divided by")
    assert "2.83 times flatter" in follows("003", "What attention scores are divided by")
    assert "1474 / 1774 = 83.09 %" in follows("003", "Recall of happy is a whole count of the test images")


def test_paper_004():
    assert [float(points) for points in consistency_004.gains().values()] == [19.5, 17.6]
    shares = consistency_004.loss_shares()
    assert (shares["happy"], shares["disgust"]) == (8989, Fraction(1641, 10))
    assert float(sum(shares.values())) == pytest.approx(14828.2)
    assert PAPER_004.cube == (1, 1, 128)


def test_the_recipes_hold_what_is_printed():
    assert HYBRID.class_weights == {name: float(weight.value) for name, (_, weight) in PAPER_003.weights.items()}
    reported = {(number.split, number.value) for recipe in PAPER_004_SUITE.recipes for number in recipe.reported}
    for train, validation in PAPER_004.accuracies.values():
        assert {("train", float(train.value)), ("test", float(validation.value))} <= reported


def test_001s_first_loss_is_below_what_calibrated_probabilities_of_that_accuracy_have():
    first = PAPER_001.losses[0], PAPER_001.validation[0]
    assert [str(number) for number in first] == ["0.4189", "0.6309"]
    assert consistency_001.least_loss(first[1]) == pytest.approx(0.4606, abs=5e-5)
    # Seven equal probabilities are calibrated and right in a seventh of the images: the bound is met, ln 7.
    assert consistency_001.least_loss(Number("0.142857142857", "")) == pytest.approx(1.9459, abs=1e-4)
