"""The README's tables: what became of each paper's claim, and what the suite's own networks are worth."""

import statistics

from fer_keras.config.recipe import Experiment
from fer_keras.evaluation.statistics import Interval
from fer_keras.recipes.papers import PAPERS
from fer_keras.report import markdown, result_groups, table, verdict
from fer_keras.report.page import PAGE
from fer_keras.report.result_groups import Row, measured
from fer_keras.runs import splits
from fer_keras.runs.record import RESULTS, total_minutes

OWN = ("compact", "lite0", "ensemble")
"""Experiments whose networks are the suite's own."""

ONLY_TESTED = "shortened runs alone, which allow no conclusion"

SHOWN = 3
"""How many of them the README shows: those with the highest accuracy on PublicTest, their seeds' median."""


def text(suite: list[Experiment], rows: list[Row], prefix: str) -> str:
    """Return the README's results; links are relative to where `prefix` leads to reports/."""
    comparable = compared(suite, result_groups.divided(rows)[0], prefix)
    return "\n\n".join(
        (
            claims(suite, rows, prefix),
            *(
                ("What could be compared; of several seeds minimum / median / maximum:", comparable)
                if comparable
                else ()
            ),
            "The suite's own networks, single, without test-time augmentation, the epoch chosen on PublicTest; of several seeds"
            " minimum / median / maximum:",
            own_networks(rows, prefix),
        )
    )


def claims(suite: list[Experiment], rows: list[Row], prefix: str) -> str:
    """Return a table with one line a paper: the highest of its headline claims beside the same metric of our run."""
    lines, concluding = [], result_groups.divided(rows)[0]
    for experiment in (experiment for experiment in suite if experiment.paper in PAPERS):
        best = max(_with_claim(experiment, rows), key=lambda row: _weight(row, concluding), default=None)
        if best is not None:
            page = f"[{experiment.paper}]({prefix}{table.paper_page(experiment)})"
            cells = _claim(best) if best in concluding else (*_claim(best)[:1], None, ONLY_TESTED)
            lines.append((f"{page} {PAPERS[experiment.paper]}", *cells))
    return markdown.table(("paper", "its best system", "ours", "verdict"), lines)


def compared(suite: list[Experiment], rows: list[Row], prefix: str) -> str:
    """Return a table of the systems whose headline claim could be compared, "" where none could."""
    lines = []
    for experiment in (experiment for experiment in suite if experiment.paper in PAPERS):
        for row in _with_claim(experiment, rows):
            if row.middle and verdict.judge(row.middle, row.headline).verdict != verdict.CANNOT:
                link = f"[{row.recipe}]({prefix}{RESULTS}/{row.middle['run']}/{PAGE})"
                lines.append((experiment.paper, link, *_claim(row)))
    return markdown.table(("paper", "system", "claims", "ours", "verdict"), lines) if lines else ""


def own_networks(rows: list[Row], prefix: str) -> str:
    """Return a table of the best of the suite's own networks, chosen by PublicTest."""
    ranked = sorted((row for row in rows if row.experiment in OWN and row.middle), key=_public, reverse=True)
    header = (
        "network",
        "PrivateTest accuracy",
        "95 % interval",
        "without copies",
        "balanced",
        "parameters",
        "training, teachers included; the shortest",
    )
    return markdown.table(header, [_network(row, prefix) for row in ranked[:SHOWN]])


def _with_claim(experiment: Experiment, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.experiment == experiment.name and row.headline]


def _weight(row: Row, concluding: list[Row]) -> tuple:
    """Return by what the highest claim is told; of equal ones the one with runs to conclude from, else with any."""
    return row.headline["value"], bool(row.records) and row in concluding, bool(row.records)


def _claim(row: Row) -> tuple:
    metric, value, least = row.headline["metric"], row.headline["value"], row.headline.get("least")
    claimed = f"{markdown.published(metric, value, least)} {markdown.metric_name(metric)}"
    if row.middle is None:
        return claimed, None, "not run yet"
    judged = verdict.judge(row.middle, row.headline)
    ours = table.seeds(metric, row.values(lambda run: measured(run, row.headline)))
    return claimed, ours, f"{judged.verdict}: {judged.reason}"


def _network(row: Row, prefix: str) -> tuple:
    middle = row.middle
    test = splits.private(middle)
    seeds = ", ".join(str(run["seed"]) for run in sorted(row.records, key=lambda run: run["seed"]))
    name = f"[{row.recipe}]({prefix}{RESULTS}/{middle['run']}/{PAGE}), {'seeds' if len(row.records) > 1 else 'seed'} {seeds}"
    interval = Interval(*middle["metrics"][test]["intervals"]["accuracy"])
    clean = row.values(lambda run: splits.accuracy(run, test, "clean"))
    balanced = row.values(lambda run: splits.score(run, test, "balanced_accuracy"))
    return (
        name,
        table.seeds("accuracy", row.values(lambda run: splits.accuracy(run, test))),
        markdown.interval("accuracy", interval),
        table.seeds("accuracy", clean),
        table.seeds("balanced_accuracy", balanced),
        markdown.parameters(middle["parameters"]["total"]),
        _time(row.records),
    )


def _time(records: tuple[dict, ...]) -> str:
    """Return the shortest time of the seeds, teachers included, and its device; some shared theirs with other runs."""
    shortest = min(records, key=total_minutes)
    return f"{markdown.minutes(total_minutes(shortest))} on {shortest['environment']['device'].removeprefix('CPU: ')}"


def _public(row: Row) -> float:
    accuracies = row.values(lambda run: splits.accuracy(run, splits.public(run)))
    return statistics.median(accuracies) if accuracies else 0.0
