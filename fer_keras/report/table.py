"""The pages over all runs: one table of every row, one page a paper; from reports/results and experiments/."""

from collections.abc import Callable

from fer_keras.config.recipe import Experiment
from fer_keras.report import drift, markdown, verdict
from fer_keras.report.markdown import number, section, table
from fer_keras.report.page import PAGE
from fer_keras.report.result_groups import Row, divided, measured, prepared, spread
from fer_keras.runs import splits
from fer_keras.runs.record import RESULTS

COLUMNS = (
    "row",
    "reported",
    "ours",
    "difference",
    "PublicTest",
    "PrivateTest",
    "clean",
    "+TTA",
    "macro F1",
    "balanced",
    "FER+",
    "params",
    "time",
    "verdict",
)

LEGEND = """\
*reported*: the first number that the paper prints, and its metric. *ours*: the same metric of our run, on the split
that the number names. *difference*: ours less theirs, in points (log loss: as it is). *PublicTest* to *FER+* are in
per cent: accuracy on PublicTest (the selection rows), on PrivateTest, on PrivateTest *clean* of rows whose exact copy
was trained on, with test-time augmentation (*+TTA*: mean over the face and its mirror image; ten crops stand on a
run's page); macro F1 and *balanced* accuracy on PrivateTest; accuracy on PrivateTest against *FER+* majority labels.
Several seeds are one row, minimum / median / maximum; difference and verdict are then those of the run with the
median of that number, and the verdict says how many seeds have the same. A dash: there is no such number, or
PrivateTest rows were trained on. Circumstances (split, selection, seed, init, what was reduced) stand on the page that a
row links to; a row marked † is synthetic or unofficial data and compares with nothing; *recipe changed since*: the
suite's recipe is another one today in what decides training, and the run's page says in what. Runs of the leaky
protocols have no row here but a [page](leaky.md) of their own, shortened runs and smoke rows an appendix."""


def paper_page(experiment: Experiment) -> str:
    """Return the file name of an experiment's page: "003_hybrid_resnet50.md"; no number for what is no paper's."""
    return f"{experiment.paper}_{experiment.name}.md" if experiment.paper.isdigit() else f"{experiment.name}.md"


def summary(rows: list[Row], prefix: str = "") -> str:
    """Return the one table of all rows; links are relative to where `prefix` leads to reports/."""
    return table(COLUMNS, [_line(row, prefix) for row in rows])


def _line(row: Row, prefix: str) -> list:
    headline, record = row.headline, row.middle
    metric = headline["metric"] if headline else "accuracy"
    reported = f"{number(metric, headline['value'])} {markdown.metric_name(metric)}" if headline else None
    if record is None:
        return [row.recipe, reported, *[None] * (len(COLUMNS) - 2)]
    judged = verdict.judge_seeds(row.records, headline) if headline else None
    return [
        _name(row, prefix),
        reported,
        seeds(metric, row.values(lambda run: measured(run, headline))),
        judged and number(metric, judged.difference, signed=True),
        _column(row, lambda run: splits.accuracy(run, splits.public(run))),
        _column(row, lambda run: splits.accuracy(run, splits.private(run))),
        _column(row, lambda run: splits.accuracy(run, splits.private(run), "clean")),
        _column(row, lambda run: splits.accuracy(run, splits.private(run), "flip")),
        _column(row, lambda run: splits.score(run, splits.private(run), "macro_f1")),
        _column(row, lambda run: splits.score(run, splits.private(run), "balanced_accuracy")),
        _column(row, lambda run: splits.accuracy(run, splits.private(run), "ferplus")),
        markdown.parameters(record["parameters"]["total"]),
        markdown.minutes(record["minutes"]),
        judged and _verdict(judged, record),
    ]


def _verdict(judged: verdict.Verdict, record: dict) -> str:
    reduced = record["deviations"] and judged.verdict != verdict.CANNOT
    return f"{said(judged)} (not run as published)" if reduced else said(judged)


def said(judged: verdict.Verdict) -> str:
    """Return the verdict, with how many of several seeds have it."""
    return f"{judged.verdict}, {judged.agree} of {judged.seeds} seeds" if judged.seeds > 1 else judged.verdict


def _name(row: Row, prefix: str) -> str:
    links = ", ".join(
        f"[seed {run['seed']}]({prefix}{RESULTS}/{run['run']}/{PAGE})"
        for run in sorted(row.records, key=lambda run: run["seed"])
    )
    comparable = all(run["data"]["official"] and not run["data"]["synthetic"] for run in row.records)
    return f"{row.recipe}, {_kind(row.middle)} ({links}){drift.mark(*row.records)}{'' if comparable else ' †'}"


def _kind(record: dict) -> str:
    """Return the profile, the division where it is not the printed one, and how the faces were prepared."""
    printed = record["published"].get("data", {}).get("split", record["data"]["split"])
    changed = [] if printed == record["data"]["split"] else [f"split {record['data']['split']}"]
    return ", ".join([record["profile"], *changed, *prepared(record)])


def seeds(metric: str, values: list[float]) -> str | None:
    """Return one run's value, or "minimum / median / maximum" of several; None of nothing."""
    found = spread(values)
    if found is None:
        return None
    return number(metric, values[0]) if len(values) == 1 else " / ".join(number(metric, value) for value in found)


def _column(row: Row, measure: Callable[[dict], float | None]) -> str | None:
    text = seeds("accuracy", row.values(measure))
    return text and text.replace(" %", "")


SMOKE = """\
The code runs; no conclusion. These runs are far shorter than published, and began from what this suite could have rather
than from the weights that their paper began from; or they are such beginnings themselves."""

SHORTENED = "Of recipes that were also run as published, and stand above."


def with_parameters(row: Row) -> list:
    """Return a recipe's cells: title, parameters, number of seeds, and three metrics on PrivateTest, each over the seeds."""
    name = f"{row.title} (`{row.recipe}`)"
    if row.middle is None:
        return [name, *[None] * 5]
    columns = []
    for metric in ("accuracy", "macro_f1", "balanced_accuracy"):
        values = row.values(lambda run, metric=metric: splits.score(run, splits.private(run), metric))
        columns.append(" / ".join(number(metric, value) for value in spread(values)))
    parameters = markdown.parameters(row.middle["parameters"]["total"])
    return [f"{name}{drift.mark(*row.records)}", parameters, len(row.records), *columns]


OTHER_PAGES = (
    "[What we learned](learned.md), paper by paper",
    "[What attention is worth](attention_worth.md), with paired tests",
    "[Where paper 002's learning rate comes from](lr_find.md), from `python -m fer_keras.lr_find`",
    "[Does batch normalisation converge faster?](convergence.md) A claim of paper 004",
    "[Do the papers' own numbers agree?](consistency.md)",
    "[Generated disgust faces](gan/page.md), and whether they are copies, from `python -m fer_keras.gan`",
    "[What published models score on the same images](peers.md), from `fer-keras peers`",
    "[How the suite's own recipes were chosen](search.md): every trial, with its accuracy on PublicTest",
    "[What a leaky protocol buys](leaky.md), from runs with `--protocol`",
    "[Which rows of FER2013 are copies of each other](audit/audit.md), from `python -m fer_keras.audit`",
    "[Do FER2013's labels agree with FER+'s?](audit/labels.md) What that leaves for a score",
)
"""Pages beside the papers' that the overview links."""


def overview(suite: list[Experiment], rows: list[Row]) -> str:
    """Return reports/README.md."""
    shown, shortened, smoke = divided(rows)
    pages = [f"[{_heading(experiment)}]({paper_page(experiment)})" for experiment in suite]
    parts = [
        "# Results",
        "Generated by `python -m fer_keras.report` from the records under results/, never edited by hand. The"
        " predictions lie there too: `python -m fer_keras.report --verify` computes every metric anew from them.",
        summary(shown),
        LEGEND,
        section("By paper", markdown.bullets(pages)),
        section("About the papers and the data", markdown.bullets(OTHER_PAGES)),
        section("The rule of the verdicts", verdict.RULE),
        section("Appendix: smoke rows", SMOKE, summary(smoke)) if smoke else "",
        section("Appendix: shortened runs", SHORTENED, summary(shortened)) if shortened else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def paper(experiment: Experiment, rows: list[Row], figure: str | None) -> str:
    """Return an experiment's page: every printed number of every recipe beside ours, what was assumed and changed."""
    own = [row for row in rows if row.experiment == experiment.name]
    parts = [f"# {_heading(experiment)}", f"`python -m experiments.{experiment.name}`", summary(own)]
    if figure:
        parts.append(figure)
    for recipe in experiment.recipes:
        mine = [row for row in own if row.recipe == recipe.name]
        numbers = [line for row in mine for line in _numbers(row)]
        parts.append(
            section(
                f"{recipe.title} (`{recipe.name}`)",
                table(("metric", "run", "paper", "ours", "difference", "verdict"), numbers)
                if numbers
                else "No printed number.",
                section("Assumed", markdown.bullets(recipe.assumed), level=3),
                section("Changed", markdown.bullets(recipe.changed), level=3),
            )
        )
    return "\n\n".join(parts) + "\n"


def _numbers(row: Row) -> list[tuple]:
    lines = []
    for reported in row.reported:
        metric = reported["metric"]
        label = f"{markdown.metric_name(metric)} ({reported['where']})"
        if row.middle is None:
            lines.append((label, None, number(metric, reported["value"]), None, None, None))
            continue
        judged = verdict.judge_seeds(row.records, reported)
        ours = seeds(metric, row.values(lambda run, reported=reported: measured(run, reported)))
        on = f"{row.middle['profile']}, {splits.display(row.middle, reported['split'])}{drift.mark(*row.records)}"
        difference = number(metric, judged.difference, signed=True)
        found = f"{said(judged)}: {judged.reason}"
        lines.append((label, on, number(metric, reported["value"]), ours, difference, found))
    return lines


def _heading(experiment: Experiment) -> str:
    return f"Paper {experiment.paper}: {experiment.title}" if experiment.paper.isdigit() else experiment.title
