"""Whether a run reproduces a printed number: one written rule, applied to every number alike."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from fer_keras.config import protocols
from fer_keras.config.recipe import STARTS
from fer_keras.evaluation import counts, statistics
from fer_keras.evaluation.statistics import Interval
from fer_keras.runs import splits

RULE = """\
A paper's number is held against the same metric of our run, on the split that the number names.

- **cannot be compared**: the faces are synthetic or no official copy; the run's data set or division differs from the
  printed one, or its division is one of the leaky protocols or their control; the backbone did not start from what the
  paper started from (ImageNet weights, say), or a phase is left out; the network sees faces of another side than the
  printed one; or the run does not have the metric there.
- **reproduced**: the paper's number lies inside our run's 95 % interval: Wilson's interval for recall, precision and
  shares of a confusion matrix; the percentile bootstrap over the rows scored (2,000 resamples, seeded) for all others.
- **better** / **not reproduced**: it lies outside, and ours is the better or the worse one. Lower is better for log
  loss and confusion shares, higher for the rest; the chi-square statistic has no better side.
- **consistent with**: the paper does not print its network (its widths, say), and its number lies inside the interval
  of the one that we assumed. Outside it, such a number **cannot be compared: architecture not printed**: another network
  may reach it.

A training accuracy or loss is the one that training itself counted in the kept epoch, as curves of training show it: on
augmented faces, with dropout, while the weights moved. The interval of the accuracy is Wilson's over the training rows;
a training loss has none and cannot be compared.

Of several seeds the verdict and the difference are those of the run with the median of that number (of an even number of
runs the lower one), and it is said how many seeds have the same verdict. The interval covers the sampling of the rows
scored, not the spread between seeds. A run of a reduced profile keeps its verdict, marked "not run as published", and the
reason counts the fields of the recipe that differ: a shortfall there is no evidence against the paper."""

CANNOT = "cannot be compared"
CONSISTENT = "consistent with"
NOT_PRINTED = "architecture not printed"
LOWER_IS_BETTER = ("log_loss", "confusion")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A reported number beside ours. `ours`, `interval` are None where there is nothing to compare with.

    `agree` of `seeds` runs have this verdict.
    """

    metric: str
    reported: float
    where: str
    split: str
    ours: float | None
    interval: Interval | None
    verdict: str
    reason: str
    agree: int = 1
    seeds: int = 1

    @property
    def difference(self) -> float | None:
        return None if self.ours is None else self.ours - self.reported


def judge_all(record: dict) -> list[Verdict]:
    """Return the verdict on each number in record["reported"]."""
    return [judge(record, reported) for reported in record["reported"]]


def judge_seeds(records: Sequence[dict], reported: dict) -> Verdict:
    """Return the verdict of the run with the (lower) median of one reported number, of runs that differ in their seed."""
    judged = sorted((judge(record, reported) for record in records), key=lambda one: one.ours or 0.0)
    middle = judged[(len(judged) - 1) // 2]
    agree = sum(one.verdict == middle.verdict for one in judged)
    return dataclasses.replace(middle, agree=agree, seeds=len(judged))


def judge(record: dict, reported: dict) -> Verdict:
    """Return the verdict on one reported number: {"metric", "value", "where", "split"}."""
    name, split = reported["metric"], reported["split"]
    ours = splits.score(record, split, name)
    interval = _interval(record, split, name, ours)
    verdict, reason = _decide(record, reported, ours, interval)
    return Verdict(name, reported["value"], reported["where"], split, ours, interval, verdict, reason)


def _interval(record, split, name, ours) -> Interval | None:
    if ours is None:
        return None
    if split == "train":
        if name != "accuracy":
            return None
        rows = sum(record["data"]["counts"]["train"].values())
        return statistics.wilson(ours * rows, rows)
    return interval_of(name, record["metrics"][split])


def _decide(record, reported, ours, interval):
    if ours is None:
        return ("cannot be compared", f"this run has no {reported['metric']} on {reported['split']} rows")
    if obstacle := not_comparable(record):
        return CANNOT, obstacle
    if interval is None:
        return CANNOT, f"{reported['metric'].replace('_', ' ')} in training has no interval"
    reduced = (
        f"; fields that differ from the published recipe: {len(record['deviations'])}" if record["deviations"] else ""
    )
    printed = record["published"].get("architecture_printed", True)
    if reported["value"] in interval:
        inside = f"inside the 95 % interval{reduced}"
        return ("reproduced", inside) if printed else (CONSISTENT, f"{inside}; {NOT_PRINTED}")
    if not printed:
        return CANNOT, f"{NOT_PRINTED}; outside the 95 % interval{reduced}"
    if reported["metric"].startswith("chi_square"):
        return "not reproduced", f"outside the 95 % interval{reduced}"
    lower = reported["metric"].split("/")[0] in LOWER_IS_BETTER
    better = (ours < reported["value"]) == lower
    return ("better" if better else "not reproduced"), f"outside the 95 % interval{reduced}"


def not_comparable(record: dict) -> str:
    """Return why no number of this run can be held against its paper, or an empty string."""
    data, printed, as_run = record["data"], record["published"], record["as_run"]
    if data["synthetic"]:
        return "synthetic faces"
    if not data["official"]:
        return "unofficial data: " + ("; ".join(data["unofficial_reasons"]) or "no reason recorded")
    printed_set, run_set = (printed.get("data", {}).get("dataset"), as_run.get("data", {}).get("dataset"))
    if printed_set != run_set:
        return f"data set {run_set}, published {printed_set}"
    if any((phase.get("data") or {}).get("dataset") == "ferplus" for phase in as_run.get("phases", [])):
        return "FER+ stands in for AffectNet"
    kept = {phase.get("name") for phase in as_run.get("phases", [])}
    left_out = {phase.get("name", "") for phase in printed.get("phases", [])} - kept
    if left_out:
        return f"without the phase {', '.join(sorted(left_out))}"
    if data["split"] in protocols.STUDIED:
        return f"{'leaky protocol' if data['split'] in protocols.LEAKY else 'control of the leaky protocols'} {data['split']}"
    printed_split = printed.get("data", {}).get("split", data["split"])
    if printed_split != data["split"]:
        return f"split {data['split']}, published {printed_split}"
    printed_init, init = printed.get("init", "scratch"), record["init"]["kind"]
    if printed_init != init:
        start = init if init in STARTS else "a checkpoint"
        return f"starts from {start}, published {printed_init}"
    printed_side, side = _side(printed), _side(as_run)
    if printed_side != side:
        return f"faces of {side} px, published {printed_side}"
    return ""


def _side(recipe: dict) -> int | None:
    arguments = recipe.get("model_args")
    return arguments.get("image_size") if isinstance(arguments, dict) else None


def interval_of(name: str, scores: dict) -> Interval:
    """Return the 95 % interval of metric `name` of a split's metrics: the stored one, or resampled from the confusion."""
    if name in scores["intervals"]:
        return Interval(*scores["intervals"][name])
    kind, *classes = name.split("/")
    table, class_names = np.array(scores["confusion"]), list(scores["per_class"])
    if kind == "chi_square_dof":
        exact = float((len(table) - 1) ** 2)
        return Interval(exact, exact)
    if kind == "chi_square":
        return statistics.bootstrap_counts(table, counts.chi_square)
    if kind in counts.WEIGHTED:
        return statistics.bootstrap_counts(table, counts.WEIGHTED[kind])
    first = class_names.index(classes[0])
    if kind == "f1":
        return statistics.bootstrap_counts(table, lambda drawn: counts.f1(drawn)[..., first])
    return _wilson(table, kind, first, class_names.index(classes[-1]))


def _wilson(table: np.ndarray, kind: str, first: int, last: int) -> Interval:
    trials = table[:, first].sum() if kind == "precision" else table[first].sum()
    return statistics.wilson(table[first, last], trials) if trials else Interval(0.0, 1.0)
