"""The figure on each paper's page: what the paper prints beside what our runs gave, a bar each."""

import hashlib
import json
from pathlib import Path

from fer_keras.config.recipe import Experiment
from fer_keras.report import markdown, result_groups, table
from fer_keras.runs.directory import FIGURES


def of(reports_dir: Path, suite: list[Experiment], rows) -> dict[Path, dict]:
    """Return {figure: {"metric", "bars": [name, paper, ours]}} of each experiment that holds a published number."""
    comparisons = {}
    for experiment in suite:
        rows_of_paper = [row for row in rows if row.experiment == experiment.name]
        headlines = [row.headline["metric"] for row in rows_of_paper if row.headline]
        if headlines:
            metric = max(dict.fromkeys(headlines), key=headlines.count)
            bars = [[_bar_name(row), *_pair(row, metric)] for row in rows_of_paper]
            path = reports_dir / FIGURES / f"{Path(table.paper_page(experiment)).stem}.png"
            comparisons[path] = {"metric": metric, "bars": bars}
    return comparisons


def _bar_name(row) -> str:
    return f"{row.recipe}, {row.middle['profile']}" if row.middle else row.recipe


def _pair(row, metric):
    reported = next((number for number in row.reported if number["metric"] == metric), None)
    if row.middle is None:
        return reported and reported["value"], None
    wanted = reported or {"metric": metric, "split": "test"}
    return reported and reported["value"], result_groups.measured(row.middle, wanted)


def _digest(comparison: dict) -> str:
    return hashlib.sha256(json.dumps(comparison).encode()).hexdigest()


def is_drawn(path: Path, comparison: dict) -> bool:
    """Say whether the figure at `path` was drawn from `comparison`."""
    from fer_keras.evaluation.plots import figures_style

    return figures_style.drawn_from(path, _digest(comparison))


def draw(path: Path, comparison: dict) -> None:
    """Draw the bars of `comparison` into `path`."""
    from fer_keras.evaluation.plots import figures_models, figures_style

    metric = comparison["metric"]
    figure = figures_models.comparison(comparison["bars"], markdown.metric_name(metric), metric not in markdown.PLAIN)
    figures_style.save(figure, path, _digest(comparison))


def link(reports_dir: Path, experiment: Experiment, rows) -> str | None:
    """Return the figure of an experiment as Markdown, None when no published number stands beside its rows."""
    from fer_keras.evaluation.plots.figures_models import COMPARISON_ALT

    path = next(iter(of(reports_dir, [experiment], rows)), None)
    return path and f"![{COMPARISON_ALT}]({FIGURES}/{path.name})"
