"""Tables of rows (recipes with their runs): scores on every split, and how several seeds are written."""

import statistics
from collections.abc import Callable

from fer_keras.config.recipe import Experiment
from fer_keras.report import drift, markdown, verdict
from fer_keras.report.markdown import number, table
from fer_keras.report.page import PAGE
from fer_keras.report.result_groups import Row, prepared, spread
from fer_keras.runs import splits
from fer_keras.runs.record import RESULTS, total_minutes

SCORES = (
    "run",
    "Public",
    "Private",
    "no copies",
    "TTA",
    "balanced",
    "macro F1",
    "FER+",
)

CALIBRATION = ("log loss", "calibration error")
"""More columns, where probabilities are of interest."""

CALIBRATION_LEGEND = """\
*Log loss* (natural logarithm) and *calibration error* (15 bins, in per cent): on PrivateTest, without recalibration."""

SCORES_LEGEND = """\
All scores are in per cent. *Public*, *Private*: accuracy on PublicTest, on which the epoch is selected, and on PrivateTest.
*No copies*: accuracy on the PrivateTest images without an exact copy among the training images. *TTA*: accuracy on
PrivateTest, mean over the image and its mirror image. *Balanced* accuracy and *macro F1*: on PrivateTest. *FER+*: accuracy
on PrivateTest against FER+'s majority labels. Several seeds are given as their range. Below the name of a run are its
number of parameters and the wall time of training, teachers included: the shortest of the seeds, with the device of that run.
Some runs shared their device with others.
A dash: the run has no such score. A run marked † is on drawn or unofficial images. *Recipe changed since*: the page of
the run says in what."""

OTHERS = "On other test images, as PrivateTest images were trained on:"

DEVICE_WORDS = ("CPU: ", "(R)", " Processor", "NVIDIA ")
"""What is left out of the names of devices in tables."""


def paper_page(experiment: Experiment) -> str:
    """Return the file name of an experiment's page: "003_hybrid_resnet50.md"; no number for what is no paper's."""
    return f"{experiment.paper}_{experiment.name}.md" if experiment.paper.isdigit() else f"{experiment.name}.md"


def heading(experiment: Experiment) -> str:
    """Return the title of an experiment's page."""
    return f"Paper {experiment.paper}: {experiment.title}" if experiment.paper.isdigit() else experiment.title


def scores(rows: list[Row], prefix: str = "", calibration: bool = False) -> str:
    """Return the table of all scores of `rows` that have runs, "" without one; `prefix` leads to reports/.

    `calibration` adds the columns CALIBRATION. Runs without a score on PrivateTest have a table of their own, of their own
    test images.
    """
    run = [row for row in rows if row.records]
    usual = [row for row in run if splits.private(row.middle)]
    others = [row for row in run if row not in usual]
    header = SCORES + CALIBRATION if calibration else SCORES
    blocks = [table(header, [_line(row, prefix)[: len(header)] for row in usual])] if usual else []
    if others:
        blocks += [
            OTHERS,
            table(("run", "test images", "accuracy", *SCORES[3:]), [_of_other(row, prefix) for row in others]),
        ]
    return "\n\n".join(blocks)


def not_run(rows: list[Row]) -> str:
    """Return the line that names the recipes without a run, "" where there is none."""
    names = [f"`{row.recipe}`" for row in rows if not row.records]
    return f"Not run yet: {', '.join(names)}." if names else ""


def _line(row: Row, prefix: str) -> list:
    public = _column(row, lambda run: splits.accuracy(run, splits.public(run)))
    losses = _column(row, lambda run: splits.score(run, splits.private(run), "log_loss"), 1, 3)
    errors = _column(row, lambda run: splits.score(run, splits.private(run), "ece"))
    return [name(row, prefix), public, *_scored(row, splits.private), losses, errors]


def _of_other(row: Row, prefix: str) -> list:
    return [name(row, prefix), splits.display(row.middle, "test"), *_scored(row, lambda run: "test")]


def _scored(row: Row, split_of: Callable[[dict], str | None]) -> list[str | None]:
    """Return the cells of SCORES from accuracy on, on the split of each run."""

    def accuracy(*variants):
        return _column(row, lambda run: splits.accuracy(run, split_of(run), *variants))

    def score(metric):
        return _column(row, lambda run: splits.score(run, split_of(run), metric))

    of_metrics = (score("balanced_accuracy"), score("macro_f1"))
    return [accuracy(), accuracy("clean"), accuracy("flip"), *of_metrics, accuracy("ferplus")]


def _column(row: Row, measure: Callable[[dict], float | None], times: int = 100, digits: int = 2) -> str | None:
    values = spread(row.values(measure))
    if values is None:
        return None
    low, high = (f"{times * value:.{digits}f}" for value in (values[0], values[2]))
    return low if low == high else f"{low}–{high}"


def name(row: Row, prefix: str) -> str:
    """Return what a table calls a row with runs: recipe, profile, preparation, linked seeds, marks, size and time."""
    runs = sorted(row.records, key=lambda run: run["seed"])
    links = ", ".join(f"[{run['seed']}]({prefix}{RESULTS}/{run['run']}/{PAGE})" for run in runs)
    official = all(run["data"]["official"] and not run["data"]["synthetic"] for run in runs)
    seeds = "seed" if len(runs) == 1 else "seeds"
    size = f"{markdown.parameters(row.middle['parameters']['total'])}, {time(row.records)}"
    marks = f"{drift.mark(*runs)}{'' if official else ' †'}"
    return f"{titled(row.recipe, row.middle)} ({seeds} {links}){marks}<br>{size}"


def titled(recipe: str, record: dict) -> str:
    """Return the recipe, with `kind` where that says something."""
    how = kind(record)
    return f"{recipe}, {how}" if how else recipe


def kind(record: dict) -> str:
    """Return the profile but for "paper", the split where it is not the published one, how the images were prepared."""
    published = record["published"].get("data", {}).get("split", record["data"]["split"])
    changed = [] if published == record["data"]["split"] else [f"split {record['data']['split']}"]
    profile = [] if record["profile"] == "paper" else [f"profile {record['profile']}"]
    return ", ".join([*profile, *changed, *prepared(record)])


def time(records: tuple[dict, ...]) -> str:
    """Return the shortest of the runs' times, teachers included, and the device of that run: "2.2 h on AMD EPYC".

    The shortest, as some runs shared their device with others.
    """
    shortest = min(records, key=total_minutes)
    device = shortest["environment"]["device"]
    for word in DEVICE_WORDS:
        device = device.replace(word, "")
    return f"{markdown.minutes(total_minutes(shortest))} on {device.split(' @ ')[0]}"


def said(judged: verdict.Verdict) -> str:
    """Return the verdict, with how many of several seeds have it."""
    return f"{judged.verdict}, {judged.agree} of {judged.seeds} seeds" if judged.seeds > 1 else judged.verdict


def seeds(metric: str, values: list[float]) -> str | None:
    """Return one run's value, or "minimum / median / maximum" of several; None of nothing."""
    of_all = spread(values)
    if of_all is None:
        return None
    return number(metric, values[0]) if len(values) == 1 else " / ".join(number(metric, value) for value in of_all)


def ranged(metric: str, values: list[float]) -> str | None:
    """Return one run's value, or "median (minimum to maximum)" of several; None of nothing."""
    if len(values) < 2:
        return number(metric, values[0]) if values else None
    low, _, high = (number(metric, value).removesuffix(" %") for value in spread(values))
    return f"{number(metric, statistics.median_low(values))} ({low} to {high})"


def with_parameters(row: Row) -> list:
    """Return a recipe's cells: title, parameters, number of seeds, and three metrics on PrivateTest, each over the seeds."""
    label = f"{row.title} (`{row.recipe}`)"
    if row.middle is None:
        return [label, *[None] * 5]
    metrics = ("accuracy", "macro_f1", "balanced_accuracy")
    columns = [_column(row, lambda run, of=metric: splits.score(run, splits.private(run), of)) for metric in metrics]
    parameters = markdown.parameters(row.middle["parameters"]["total"])
    return [f"{label}{drift.mark(*row.records)}", parameters, len(row.records), *columns]
