"""Whether a run reproduces a published number: one written rule, applied to every number alike."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from fer_keras.config import protocols
from fer_keras.evaluation import counts, statistics
from fer_keras.evaluation.statistics import Interval
from fer_keras.runs import splits

RULE = """\
Each published number is compared with the same metric of our run, on the split that the paper names.

- **reproduced**: the published number lies inside our 95 % interval; of a published range, some of it.
- **better** / **not reproduced**: it lies outside, and our number is better or worse. Lower is better for log loss and
  for shares of confusions. The chi-square statistic has no better side.
- **consistent with**: it lies inside, but the paper does not describe its network fully, so that ours is an assumption.
  If it lies outside, it **cannot be compared: architecture not published**, as another network may reach it.
- **cannot be compared**: the images are drawn or no official copy; the data set or the split is another one; the run
  started from other weights than the paper's, left out a phase, or used another image size; or it lacks the metric.

Intervals are Wilson's for recall, precision and shares of the confusion matrix, and the percentile bootstrap over the
scored images (2,000 resamples, seeded) for all others. They cover the sampling of images, not the spread between seeds.

Training accuracy and loss are those that training logged in the selected epoch, on augmented images and with dropout.
The accuracy has Wilson's interval over the training images. The loss has no interval and cannot be compared.

With several seeds, verdict and difference are those of the run with the median of that number (of an even number, the lower
median), and the table says how many seeds have the same verdict. A shortened run keeps its verdict: its line names the
profile, its reason counts the fields that differ from the recipe as published. A lower score of such a run is no evidence
against the paper. Runs that are shortened and started elsewhere only test the code, and have no verdict in the overview."""

CANNOT = "cannot be compared"
CONSISTENT = "consistent with"
NOT_PUBLISHED = "architecture not published"
STARTS_IN_WORDS = {
    "scratch": "random weights",
    "imagenet": "ImageNet weights",
    "faces": "weights of a face recogniser",
    "teacher": "weights of one of its teachers, its convolutions reduced",
}
LOWER_IS_BETTER = ("log_loss", "confusion")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A reported number beside ours. `ours`, `interval` are None where there is nothing to compare with.

    `least` is the lower end of a published range, whose upper end is `reported`. `run` is the name of ours; `agree` of
    `seeds` runs have this verdict.
    """

    metric: str
    reported: float
    where: str
    split: str
    ours: float | None
    interval: Interval | None
    verdict: str
    reason: str
    run: str = ""
    least: float | None = None
    agree: int = 1
    seeds: int = 1

    @property
    def difference(self) -> float | None:
        """Return ours less the published number, or less the nearest number of a published range."""
        if self.ours is None:
            return None
        lowest = self.reported if self.least is None else self.least
        return self.ours - min(max(self.ours, lowest), self.reported)


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
    """Return the verdict on one reported number: {"metric", "value", "where", "split"} and, of a range, "least"."""
    name, split = reported["metric"], reported["split"]
    ours = splits.score(record, split, name)
    interval = _interval(record, split, name, ours)
    verdict, reason = _decide(record, reported, ours, interval)
    run, least = record.get("run", ""), reported.get("least")
    return Verdict(name, reported["value"], reported["where"], split, ours, interval, verdict, reason, run, least)


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
        return ("cannot be compared", f"this run has no {reported['metric']} on {reported['split']} images")
    if obstacle := not_comparable(record):
        return CANNOT, obstacle
    if interval is None:
        return CANNOT, f"{reported['metric'].replace('_', ' ')} in training has no interval"
    fields = len(record["deviations"])
    reduced = f"; differs from the published recipe in {fields} field{'s' * (fields > 1)}" if fields else ""
    described = record["published"].get("architecture_printed", True)
    if _meets(interval, reported):
        inside = f"inside the 95 % interval{reduced}"
        return ("reproduced", inside) if described else (CONSISTENT, f"{inside}; {NOT_PUBLISHED}")
    if not described:
        return CANNOT, f"{NOT_PUBLISHED}; outside the 95 % interval{reduced}"
    if reported["metric"].startswith("chi_square"):
        return "not reproduced", f"outside the 95 % interval{reduced}"
    lower = reported["metric"].split("/")[0] in LOWER_IS_BETTER
    better = (ours < reported["value"]) == lower
    return ("better" if better else "not reproduced"), f"outside the 95 % interval{reduced}"


def _meets(interval: Interval, reported: dict) -> bool:
    """Return whether the published number, or some of the published range, lies inside."""
    highest, least = reported["value"], reported.get("least")
    return interval.low <= highest and (highest if least is None else least) <= interval.high


def not_comparable(record: dict) -> str:
    """Return why no number of this run can be compared with its paper, or an empty string."""
    data, published, as_run = record["data"], record["published"], record["as_run"]
    if data["synthetic"]:
        return "synthetic faces"
    if not data["official"]:
        return "unofficial data: " + ("; ".join(data["unofficial_reasons"]) or "no reason recorded")
    published_set, run_set = (recipe.get("data", {}).get("dataset") for recipe in (published, as_run))
    if published_set != run_set:
        return f"data set {run_set}, published {published_set}"
    if any((phase.get("data") or {}).get("dataset") == "ferplus" for phase in as_run.get("phases", [])):
        return "FER+ stands in for AffectNet"
    phases = {phase.get("name") for phase in as_run.get("phases", [])}
    left_out = {phase.get("name", "") for phase in published.get("phases", [])} - phases
    if left_out:
        return f"leaves out the phase {', '.join(sorted(left_out))}"
    if data["split"] in protocols.STUDIED:
        return f"{'leaky protocol' if data['split'] in protocols.LEAKY else 'control of the leaky protocols'} {data['split']}"
    published_split = published.get("data", {}).get("split", data["split"])
    if published_split != data["split"]:
        return f"split {data['split']}, published {published_split}"
    if published.get("init", "scratch") != record["init"]["kind"]:
        return f"starts from {start_in_words(record['init']['kind'])}, the paper from {_start(published)}"
    if _side(published) != _side(as_run):
        return f"images of {_side(as_run)} px, published {_side(published)}"
    return ""


def start_in_words(kind: str) -> str:
    """Return what a backbone of this kind of start began from."""
    return STARTS_IN_WORDS.get(kind, "another checkpoint")


def _start(published: dict) -> str:
    return start_in_words(published.get("init", "scratch"))


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
