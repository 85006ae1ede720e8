"""The page of one experiment: its published numbers beside ours, all scores, what was assumed and changed."""

from fer_keras.config.recipe import Experiment
from fer_keras.config.reported import HEADLINE_METRICS
from fer_keras.recipes.papers import PAPERS
from fer_keras.report import claims, drift, markdown, table, verdict
from fer_keras.report.markdown import number, section
from fer_keras.report.result_groups import Row, divided, measured
from fer_keras.runs import splits

FEW = 8
"""More numbers by class than this are folded."""


def page(experiment: Experiment, rows: list[Row], figure: str | None) -> str:
    """Return an experiment's page; `figure` is the Markdown of its bars."""
    of_experiment = [row for row in rows if row.experiment == experiment.name]
    shown, shortened, smoke = divided(of_experiment)
    published = any(recipe.reported for recipe in experiment.recipes)
    parts = [
        f"# {table.heading(experiment)}",
        str(PAPERS.get(experiment.paper, "")),
        *_beside(of_experiment, shown, figure),
        section("All scores", table.scores(shown), _folded(shortened + smoke), table.not_run(of_experiment)),
        section("Recipes", markdown.bullets(f"`{recipe.name}`: {recipe.title}" for recipe in experiment.recipes)),
        _by_recipes(experiment, "Assumed where the paper does not say" if published else "Choices", "assumed"),
        _by_recipes(experiment, "Changed on purpose", "changed"),
        section(
            "Method",
            f"To run all recipes: `python -m experiments.{experiment.name}`.",
            f"The [rule of the verdicts]({claims.RULE_LINK}) says when numbers are compared." if published else "",
            markdown.details("How to read the scores", table.SCORES_LEGEND),
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _beside(rows: list[Row], shown: list[Row], figure: str | None) -> list[str]:
    """Return the blocks on the published numbers, [] for an experiment that is no paper's; `shown` are those to conclude from."""
    with_numbers = [row for row in rows if row.reported]
    if not with_numbers:
        return []
    beside = [row for row in shown if row.reported and row.records]
    lines = [line for row in beside for line in claims.lines(row)]
    return [
        f"**{claims.sentence(with_numbers)}**",
        section("Published numbers beside ours", claims.beside(lines), figure or "") if lines else "",
        *map(_by_class, beside),
    ]


def _folded(rows: list[Row]) -> str:
    runs = sum(len(row.records) for row in rows)
    title = f"{runs} shortened runs, which allow no conclusion"
    return markdown.details(title, table.scores(rows)) if rows else ""


def _by_class(row: Row) -> str:
    """Return the section of a row's numbers by class and of confusions; "" without one."""
    numbers = [reported for reported in row.reported if reported["metric"] not in HEADLINE_METRICS]
    if not numbers:
        return ""
    judged = [verdict.judge_seeds(row.records, reported) for reported in numbers]
    reasons = {(one.verdict, one.reason) for one in judged}
    lines = [
        (
            f"{markdown.metric_name(one.metric)} ({one.where})",
            markdown.published(one.metric, one.reported, one.least),
            table.ranged(one.metric, row.values(lambda run, reported=reported: measured(run, reported))),
            None if one.verdict == verdict.CANNOT else number(one.metric, one.difference, signed=True),
            f"{table.said(one)}: {one.reason}",
        )
        for one, reported in zip(judged, numbers, strict=True)
    ]
    header = ("metric", "as published", "ours", "difference", "verdict")
    on = splits.display(row.middle, numbers[0]["split"])
    title = f"{table.titled(f'`{row.recipe}`', row.middle)}{drift.mark(*row.records)}: numbers by class, on {on}"
    if len(reasons) == 1:
        (_, reason), cut = reasons.pop(), 3 if judged[0].verdict == verdict.CANNOT else 4
        body = [
            f"All: {table.said(judged[0])}: {reason}.",
            markdown.table(header[:cut], [line[:cut] for line in lines]),
        ]
    else:
        body = [markdown.table(header, lines)]
    folded = markdown.details(f"{len(lines)} numbers", *body) if len(lines) > FEW else "\n\n".join(body)
    return section(title, folded, level=3)


def _by_recipes(experiment: Experiment, title: str, field: str) -> str:
    """Return the section of each item of the field `assumed` or `changed`, once, under the recipes that share it."""
    names_of = {}
    for recipe in experiment.recipes:
        for item in getattr(recipe, field):
            names_of.setdefault(item, []).append(recipe.name)
    groups = {}
    for item, names in names_of.items():
        groups.setdefault(tuple(names), []).append(item)
    blocks = []
    for names, items in sorted(groups.items(), key=lambda group: -len(group[0])):
        everywhere = len(names) == len(experiment.recipes)
        of = "All recipes" if everywhere else ", ".join(f"`{name}`" for name in names)
        blocks.append(f"{of}:\n\n{markdown.bullets(items)}")
    return section(title, *blocks) if blocks else ""
