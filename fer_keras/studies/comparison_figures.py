"""The figure on a paper's page: published numbers beside ours, of the runs that can be compared with the paper."""

import hashlib
import json
from pathlib import Path

from fer_keras.config.recipe import Experiment
from fer_keras.report import markdown, table, verdict
from fer_keras.report.result_groups import Row
from fer_keras.runs import splits
from fer_keras.runs.directory import FIGURES


def of(reports_dir: Path, suite: list[Experiment], rows: list[Row]) -> dict[Path, dict]:
    """Return {figure: {"metric", "split", "bars": [[name, paper, ours, low, high]]}} of experiments with such runs.

    The metric is the most frequent of the headlines; low and high are our 95 % interval, of the run with the median.
    """
    comparisons = {}
    for experiment in suite:
        comparable = [row for row in rows if row.experiment == experiment.name and _is_comparable(row)]
        metrics = [row.headline["metric"] for row in comparable]
        if not metrics:
            continue
        metric = max(dict.fromkeys(metrics), key=metrics.count)
        shown = [row for row in comparable if row.headline["metric"] == metric]
        path = reports_dir / FIGURES / f"{Path(table.paper_page(experiment)).stem}.png"
        split = splits.display(shown[0].middle, shown[0].headline["split"])
        comparisons[path] = {"metric": metric, "split": split, "bars": [_bar(row) for row in shown]}
    return comparisons


def _is_comparable(row: Row) -> bool:
    """Say whether the row has a published number, and runs as published that can be compared with it."""
    if not row.headline or not row.is_as_printed:
        return False
    return verdict.judge_seeds(row.records, row.headline).verdict != verdict.CANNOT


def _bar(row: Row) -> list:
    judged = verdict.judge_seeds(row.records, row.headline)
    return [row.recipe, judged.reported, judged.ours, judged.interval.low, judged.interval.high]


def _digest(comparison: dict) -> str:
    return hashlib.sha256(json.dumps([2, comparison]).encode()).hexdigest()


def is_drawn(path: Path, comparison: dict) -> bool:
    """Say whether the figure at `path` was drawn from `comparison`."""
    from fer_keras.evaluation.plots import figures_style

    return figures_style.drawn_from(path, _digest(comparison))


def draw(path: Path, comparison: dict) -> None:
    """Draw the bars of `comparison` into `path`."""
    from fer_keras.evaluation.plots import figures_models, figures_style

    metric = comparison["metric"]
    label = f"{markdown.metric_name(metric)} on {comparison['split']}"
    figure = figures_models.comparison(comparison["bars"], label, metric not in markdown.PLAIN)
    figures_style.save(figure, path, _digest(comparison))


def link(reports_dir: Path, experiment: Experiment, rows: list[Row]) -> str | None:
    """Return the figure of an experiment as Markdown, None where no run can be compared."""
    from fer_keras.evaluation.plots.figures_models import COMPARISON_ALT

    path = next(iter(of(reports_dir, [experiment], rows)), None)
    return path and f"![{COMPARISON_ALT}]({FIGURES}/{path.name})"
