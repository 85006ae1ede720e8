import math

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, precision_recall_fscore_support

from fer_keras.evaluation import counts, statistics
from fer_keras.evaluation.metrics import chi_square


def certain(called, classes=2):
    return np.eye(classes, dtype=np.float32)[called]


@pytest.fixture(scope="module")
def random():
    rng = np.random.default_rng(5)
    labels, scores = rng.integers(0, 4, 600), rng.random((600, 4))
    scores[np.arange(600), labels] += 0.4
    return labels, scores / scores.sum(axis=1, keepdims=True)


def test_metrics_of_counts_equal_scikit_learn(random):
    labels, probabilities = random
    called = probabilities.argmax(axis=1)
    table = counts.confusion_counts(labels, called, 4)
    precision, recall, f1, _ = precision_recall_fscore_support(labels, called)
    np.testing.assert_allclose(counts.precision(table), precision)
    np.testing.assert_allclose(counts.recall(table), recall)
    np.testing.assert_allclose(counts.f1(table), f1)
    assert counts.balanced_accuracy(table) == pytest.approx(balanced_accuracy_score(labels, called))
    assert counts.weighted_f1(table) == pytest.approx(
        precision_recall_fscore_support(labels, called, average="weighted")[2]
    )
    assert counts.chi_square(table) == pytest.approx(chi_square(table)["statistic"])


def test_metrics_of_counts_take_many_tables_at_once():
    tables = np.array([[[3, 1], [0, 4]], [[1, 1], [2, 0]]])
    np.testing.assert_allclose(counts.accuracy(tables), [7 / 8, 1 / 4])
    np.testing.assert_allclose(counts.balanced_accuracy(tables), [7 / 8, 1 / 4])


def test_bootstrap_interval_is_the_binomial_one():
    labels = np.zeros(400, int)
    labels[200:] = 1
    called = np.where(np.arange(400) % 4 < 3, labels, 1 - labels)
    found = statistics.bootstrap(labels, certain(called))["accuracy"]
    half = 1.96 * math.sqrt(0.75 * 0.25 / 400)
    assert found.low == pytest.approx(0.75 - half, abs=0.005)
    assert found.high == pytest.approx(0.75 + half, abs=0.005)


def test_bootstrap_of_the_log_loss_is_the_normal_one(random):
    labels, probabilities = random
    losses = statistics.row_losses(labels, probabilities)
    assert losses.mean() == pytest.approx(log_loss(labels, probabilities))
    found, half = statistics.bootstrap(labels, probabilities)["log_loss"], 1.96 * losses.std() / math.sqrt(600)
    assert found.low == pytest.approx(losses.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(losses.mean() + half, abs=0.1 * half)


def test_bootstrap_is_seeded_and_certain_of_a_perfect_model(random):
    labels, probabilities = random
    assert statistics.bootstrap(labels, probabilities) == statistics.bootstrap(labels, probabilities)
    assert statistics.bootstrap(labels, probabilities) != statistics.bootstrap(labels, probabilities, seed=1)
    perfect = statistics.bootstrap(labels, certain(labels, 4))
    assert perfect["macro_f1"] == perfect["balanced_accuracy"] == statistics.Interval(1.0, 1.0)


def test_paired_bootstrap_sees_only_the_discordant_rows():
    labels = np.zeros(400, int)
    first, second = labels.copy(), labels.copy()
    first[:10], second[10:40] = 1, 1
    found = statistics.paired_bootstrap(labels, certain(first), certain(second))["accuracy"]
    half = 1.96 * math.sqrt(40 / 400**2 - 0.05**2 / 400)
    assert found.low == pytest.approx(-0.05 - half, abs=0.004)
    assert found.high == pytest.approx(-0.05 + half, abs=0.004)
    same = statistics.paired_bootstrap(labels, certain(first), certain(first))
    assert set(same.values()) == {statistics.Interval(0.0, 0.0)}


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (3, 7), (0, 500), (55, 55), (2093, 3589)])
def test_wilson_is_scipys(successes, trials):
    from scipy.stats import binomtest

    theirs = binomtest(successes, trials).proportion_ci(statistics.CONFIDENCE, method="wilson")
    ours = statistics.wilson(successes, trials)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_interval_of_eight_in_ten():
    z, found = 1.959964, statistics.wilson(8, 10)
    middle, half = 0.8 + z * z / 20, z * math.sqrt(0.8 * 0.2 / 10 + z * z / 400)
    assert found.low == pytest.approx((middle - half) / (1 + z * z / 10), abs=1e-6)
    assert found.high == pytest.approx((middle + half) / (1 + z * z / 10), abs=1e-6)
    assert 0.8 in found
    assert 0.95 not in found


def test_mcnemar_counts_both_tails_of_the_binomial():
    labels = np.zeros(20, int)
    first, second = labels.copy(), labels.copy()
    first[:5], second[5:6], first[6:8], second[6:8] = 1, 1, 1, 1
    assert statistics.mcnemar(labels, first, second) == {
        "only_first": 1,
        "only_second": 5,
        "p": pytest.approx(2 * (1 + 6) / 2**6),
    }
    assert statistics.mcnemar(labels, first, first)["p"] == 1.0


def test_expected_calibration_error_by_hand():
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.7, 0.3], [0.7, 0.3]])
    labels = np.array([0, 1, 0, 0])
    expected = (2 * abs(0.5 - 0.95) + 2 * abs(1.0 - 0.7)) / 4
    assert statistics.expected_calibration_error(labels, probabilities) == pytest.approx(expected)


def test_reliability_bins_are_open_below_and_closed_above():
    probabilities = np.array([[0.8, 0.2], [0.81, 0.19], [1.0, 0.0]])
    table = statistics.reliability(np.array([0, 1, 0]), probabilities, bins=5)
    assert table["rows"].tolist() == [0, 0, 0, 1, 2]
    assert table["accuracy"][4] == 0.5
    assert table["confidence"][4] == pytest.approx(0.905)
    assert np.isnan(table["accuracy"][0])


def test_agreement_by_hand():
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    found = statistics.agreement(first, second)
    assert found == {"rows": 50, "share": pytest.approx(0.7), "kappa": pytest.approx((0.7 - 0.5) / 0.5)}
