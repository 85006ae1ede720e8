import pytest

from fer_keras.evaluation import metrics
from fer_keras.report import markdown, verdict
from fer_keras.runs.record import read_record


def judged(toy_run, metric, value, split="test"):
    return verdict.judge(toy_run[0], {"metric": metric, "value": value, "where": "§1", "split": split})


def test_a_number_inside_the_interval_is_reproduced(toy_run):
    ours = toy_run[0]["metrics"]["test"]["accuracy"]
    found = judged(toy_run, "accuracy", ours + 0.03)
    assert found.verdict == "reproduced"
    assert found.difference == pytest.approx(-0.03)
    assert found.interval.low < ours < found.interval.high
    assert found.reason == "inside the 95 % interval; differs from the published recipe in 1 field"


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("accuracy", 0.9, "not reproduced"),
        ("accuracy", 0.2, "better"),
        ("log_loss", 3.0, "better"),
        ("log_loss", 0.2, "not reproduced"),
        ("recall/happy", 0.99, "not reproduced"),
        ("confusion/fear/sad", 0.9, "better"),
        ("f1/sad", 0.05, "better"),
        ("chi_square", 16557.93, "not reproduced"),
        ("chi_square", 1.0, "not reproduced"),
        ("chi_square_dof", 36, "reproduced"),
        ("weighted_f1", 0.99, "not reproduced"),
        ("weighted_precision", 0.99, "not reproduced"),
        ("weighted_recall", 0.1, "better"),
    ],
)
def test_outside_the_interval_the_metric_says_which_side_is_better(toy_run, metric, value, expected):
    assert judged(toy_run, metric, value).verdict == expected


def test_recall_and_precision_have_wilson_intervals(toy_run):
    scores = toy_run[0]["metrics"]["test"]
    right, true = scores["confusion"][3][3], scores["per_class"]["happy"]["support"]
    called = sum(row[3] for row in scores["confusion"])
    assert judged(toy_run, "recall/happy", 0.5).interval == verdict.statistics.wilson(right, true)
    assert judged(toy_run, "precision/happy", 0.5).interval == verdict.statistics.wilson(right, called)


def test_every_interval_holds_its_own_metric(toy_run):
    for metric in (
        "accuracy",
        "macro_f1",
        "macro_recall",
        "macro_precision",
        "f1/fear",
        "confusion/fear/sad",
        "chi_square",
    ):
        ours = metrics.value(toy_run[0]["metrics"]["test"], metric)
        assert judged(toy_run, metric, ours).verdict == "reproduced", metric


@pytest.mark.parametrize(
    ("part", "change", "reason"),
    [
        ("data", {"synthetic": True, "official": False}, "synthetic faces"),
        ("data", {"official": False, "unofficial_reasons": ["28,708 rows"]}, "unofficial data: 28,708 rows"),
        ("data", {"split": "merged"}, "split merged, published official"),
        ("init", {"kind": "file"}, "starts from another checkpoint, the paper from random weights"),
        ("published", {"init": "imagenet"}, "starts from random weights, the paper from ImageNet weights"),
        ("as_run", {"data": {"dataset": "ferplus"}}, "data set ferplus, published fer2013"),
        ("as_run", {"phases": [{"data": {"dataset": "ferplus"}}]}, "FER+ stands in for AffectNet"),
        ("as_run", {"model_args": {"image_size": 48}}, "images of 48 px, published 224"),
        (
            "published",
            {"phases": [{"name": "affectnet"}, {"name": "fer2013"}]},
            "leaves out the phase affectnet, fer2013",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(toy_run, part, change, reason):
    toy_run[0][part] |= change
    found = judged(toy_run, "accuracy", 0.55)
    assert (found.verdict, found.reason) == ("cannot be compared", reason)
    assert found.ours == toy_run[0]["metrics"]["test"]["accuracy"]


def test_a_number_on_images_without_predictions_cannot_be_compared(toy_run):
    found = judged(toy_run, "macro_f1", 0.9, split="train")
    assert (found.verdict, found.ours, found.difference) == ("cannot be compared", None, None)
    assert found.reason == "this run has no macro_f1 on train images"


def test_a_training_accuracy_is_compared_with_that_of_the_selected_epoch(toy_run):
    record = toy_run[0]
    found = judged(toy_run, "accuracy", 0.9, split="train")
    assert (found.ours, found.verdict) == (record["history"][4]["accuracy"], "not reproduced")
    assert found.interval == verdict.statistics.wilson(found.ours * 280, 280)
    assert judged(toy_run, "accuracy", 0.58, split="train").verdict == "reproduced"
    record["history"][4]["accuracy"] = None
    assert judged(toy_run, "accuracy", 0.9, split="train").reason == "this run has no accuracy on train images"


def test_a_training_loss_stands_beside_the_kept_epochs_and_cannot_be_compared(toy_run):
    found = judged(toy_run, "log_loss", 0.5, split="train")
    assert (found.ours, found.interval) == (toy_run[0]["history"][4]["loss"], None)
    assert (found.verdict, found.reason) == ("cannot be compared", "log loss in training has no interval")


def test_a_network_that_is_not_published_is_never_reproduced_nor_missed(toy_run):
    ours = toy_run[0]["metrics"]["test"]["accuracy"]
    toy_run[0]["published"]["architecture_printed"] = False
    inside, above, below = (judged(toy_run, "accuracy", value) for value in (ours, 0.9, 0.2))
    assert (inside.verdict, above.verdict, below.verdict) == (verdict.CONSISTENT, verdict.CANNOT, verdict.CANNOT)
    assert inside.reason.endswith("; architecture not published")
    assert above.reason.startswith("architecture not published; outside the 95 % interval")


@pytest.mark.parametrize(
    ("low", "high", "expected", "difference"),
    [
        (-0.3, -0.2, "better", 0.2),
        (-0.2, 0.01, "reproduced", 0.0),
        (-0.2, 0.2, "reproduced", 0.0),
        (0.01, 0.4, "reproduced", -0.01),
        (0.3, 0.35, "not reproduced", -0.3),
    ],
)
def test_of_a_published_range_some_must_lie_inside_and_the_nearest_end_counts(toy_run, low, high, expected, difference):
    ours = toy_run[0]["metrics"]["test"]["accuracy"]
    number = {"metric": "accuracy", "value": ours + high, "where": "§1", "split": "test", "least": ours + low}
    found = verdict.judge(toy_run[0], number)
    assert (found.verdict, found.difference) == (expected, pytest.approx(difference))
    assert markdown.published("accuracy", 0.42, 0.33) == "33.00 to 42.00 %"


def test_verdict_and_difference_are_those_of_the_median_of_each_number(make_run):
    runs = [read_record(make_run(f"run{seed}", seed)) for seed in range(3)]
    for metric in ("accuracy", "log_loss", "recall/happy"):
        number = {"metric": metric, "value": 0.5, "where": "§1", "split": "test"}
        values = sorted(metrics.value(run["metrics"]["test"], metric) for run in runs)
        found = verdict.judge_seeds(runs, number)
        assert (found.ours, found.seeds) == (values[1], 3)
        assert found.agree == sum(verdict.judge(run, number).verdict == found.verdict for run in runs)
