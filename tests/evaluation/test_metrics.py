import json
import math

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.config.reported import HEADLINE_METRICS, METRIC_PATTERN
from fer_keras.evaluation import metrics
from fer_keras.io.errors import UserError

NAMES = ("angry", "disgust", "fear")
LABELS = np.array([0, 0, 0, 1, 1, 2])
CALLED = np.array([0, 0, 1, 1, 1, 0])


def one_half_on(called, classes=3):
    """Probability 1/2 on the predicted class, the rest shared."""
    probabilities = np.full((len(called), classes), 0.5 / (classes - 1), np.float32)
    probabilities[np.arange(len(called)), called] = 0.5
    return probabilities


@pytest.fixture(scope="module")
def worked():
    return metrics.evaluate(LABELS, one_half_on(CALLED), NAMES)


def test_hand_worked_confusion_and_scores(worked):
    assert worked["rows"] == 6
    assert worked["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert worked["accuracy"] == pytest.approx(4 / 6)
    assert worked["balanced_accuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert worked["macro_precision"] == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert worked["macro_f1"] == pytest.approx((2 / 3 + 4 / 5 + 0) / 3)
    assert worked["weighted_f1"] == pytest.approx((3 * 2 / 3 + 2 * 4 / 5) / 6)
    assert metrics.value(worked, "weighted_precision") == pytest.approx((3 * 2 / 3 + 2 * 2 / 3) / 6)
    assert metrics.value(worked, "weighted_recall") == pytest.approx(4 / 6)
    assert worked["per_class"]["disgust"] == {
        "precision": pytest.approx(2 / 3),
        "recall": 1.0,
        "f1": pytest.approx(0.8),
        "calibration_error": pytest.approx(5 / 24),
        "support": 2,
    }


def test_hand_worked_log_loss_and_calibration(worked):
    assert worked["log_loss"] == pytest.approx((4 * math.log(2) + 2 * math.log(4)) / 6)
    assert worked["ece"] == pytest.approx(4 / 6 - 1 / 2)


def test_hand_worked_calibration_of_each_class(worked):
    # fear: at 1/4 for all six, one of which is fear. angry: at 1/2 for three, two of them angry; at 1/4 for three, one.
    errors = [scores["calibration_error"] for scores in worked["per_class"].values()]
    assert errors == pytest.approx([(1 / 6 + 1 / 12) / 2, (1 / 6 + 1 / 4) / 2, 1 / 4 - 1 / 6])
    assert worked["classwise_ece"] == pytest.approx(sum(errors) / 3)


def test_a_class_is_calibrated_when_its_share_is_its_probability_whatever_is_predicted():
    labels, probabilities = np.array([0, 1, 1, 1]), np.tile(np.float32([0.25, 0.75]), (4, 1))
    scores = metrics.evaluate(labels, probabilities, ("angry", "fear"))["per_class"]
    assert [scores[name]["calibration_error"] for name in ("angry", "fear")] == [0, 0]
    overconfident = metrics.evaluate(labels, np.tile(np.float32([1, 0]), (4, 1)), ("angry", "fear"))["per_class"]
    assert [overconfident[name]["calibration_error"] for name in ("angry", "fear")] == [0.75, 0.75]


def test_a_zero_probability_is_clipped_at_the_float64_epsilon():
    found = metrics.evaluate(np.array([0, 1]), np.array([[1, 0], [1, 0]], np.float32), ("angry", "fear"))
    assert found["log_loss"] == pytest.approx(-math.log(np.finfo(np.float64).eps) / 2)


def test_float32_probabilities_are_divided_by_their_sum():
    found = metrics.evaluate(np.array([0, 1]), np.array([[0.6, 0.6], [0.3, 0.9]], np.float32), ("angry", "fear"))
    assert found["log_loss"] == pytest.approx((math.log(2) - math.log(0.75)) / 2, rel=1e-6)


def test_top_confusions_are_the_largest_shares_of_the_true_class(worked):
    assert worked["top_confusions"] == [
        {"true": "fear", "predicted": "angry", "share": 1.0, "count": 1},
        {"true": "angry", "predicted": "disgust", "share": pytest.approx(1 / 3), "count": 1},
    ]
    pairs = metrics.confused_pairs([[17, 3], [2, 98]], ("angry", "fear"), above=0.1)
    assert pairs == [{"true": "angry", "predicted": "fear", "share": 0.15, "count": 3}]


def test_chi_square_of_a_two_by_two_table():
    found = metrics.chi_square(np.array([[10, 20], [30, 40]]))
    assert found["statistic"] == pytest.approx(100 * (10 * 40 - 20 * 30) ** 2 / (30 * 70 * 40 * 60))
    assert found["dof"] == 1
    assert found["p"] == pytest.approx(math.erfc(math.sqrt(found["statistic"] / 2)))


def test_chi_square_is_none_where_a_class_is_never_predicted(worked):
    assert worked["chi_square"] is None
    assert metrics.value(worked, "chi_square") is None


def test_a_class_without_true_rows_leaves_balanced_accuracy_and_zeroes_macro_recall():
    found = metrics.evaluate(np.array([0, 0, 1, 1]), one_half_on(np.array([0, 0, 1, 2])), NAMES)
    assert found["balanced_accuracy"] == pytest.approx((1 + 0.5) / 2)
    assert found["macro_recall"] == pytest.approx((1 + 0.5 + 0) / 3)


def test_every_metric_that_a_recipe_may_name_resolves():
    labels = np.arange(70) % 7
    found = metrics.evaluate(labels, one_half_on((labels + (np.arange(70) < 20)) % 7, 7), FER2013_CLASSES)
    pairs = [f"confusion/{true}/{called}" for true in FER2013_CLASSES for called in FER2013_CLASSES]
    scores = [f"{kind}/{name}" for kind in ("precision", "recall", "f1") for name in FER2013_CLASSES]
    for name in (*HEADLINE_METRICS, "chi_square", "chi_square_dof", *scores, *pairs):
        assert METRIC_PATTERN.fullmatch(name)
        assert math.isfinite(metrics.value(found, name))
    assert metrics.value(found, "chi_square_dof") == 36
    assert metrics.value(found, "confusion/angry/disgust") == pytest.approx(0.3)
    assert metrics.value(found, "recall/angry") == metrics.value(found, "confusion/angry/angry") == pytest.approx(0.7)


def test_a_class_that_the_run_does_not_have_is_none_and_an_unknown_metric_an_error(worked):
    assert metrics.value(worked, "recall/happy") is None
    assert metrics.value(worked, "confusion/fear/happy") is None
    with pytest.raises(KeyError):
        metrics.value(worked, "top1")


def test_it_is_json_and_survives_it_to_the_last_digit(worked):
    assert json.loads(json.dumps(worked, allow_nan=False)) == worked


@pytest.mark.parametrize(
    ("labels", "shape"),
    [(LABELS, (6, 2)), (LABELS, (5, 3)), (LABELS + 1, (6, 3)), (LABELS - 1, (6, 3)), (LABELS * 1.0, (6, 3))],
)
def test_disagreeing_arrays_are_refused(labels, shape):
    with pytest.raises(ValueError, match=r"Expected .* Received: "):
        metrics.evaluate(labels, np.full(shape, 0.5), NAMES)


def test_a_diverged_model_is_a_line_for_the_user():
    probabilities = one_half_on(CALLED)
    probabilities[2] = np.nan
    with pytest.raises(UserError, match=r"Received: none in 1 of 6 rows\. Did the training diverge"):
        metrics.evaluate(LABELS, probabilities, NAMES)
