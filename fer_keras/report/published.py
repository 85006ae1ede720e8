"""What a paper reports, as the suite reads it today, beside what was recorded earlier.

A record keeps the words of its recipe as they were when it ran. A published number that was overlooked then, that the
paper does not describe its network, and clearer words for the same recipe are no facts of the run: pages take them from
today's recipe, the words only as long as nothing that decides the training has changed.
"""

import dataclasses

from fer_keras.config.recipe import Experiment
from fer_keras.report import drift


def of_today(records: dict[str, dict], suite: list[Experiment]) -> dict[str, dict]:
    """Return `records`, those of `drift.marked`, with what today's recipes say of the paper."""
    today = {recipe.name: (experiment, recipe) for experiment in suite for recipe in experiment.recipes}
    return {run: _of_today(record, *today.get(record["recipe"], (None, None))) for run, record in records.items()}


def _of_today(record: dict, experiment: Experiment | None, recipe) -> dict:
    if recipe is None:
        return record
    reported = [dataclasses.asdict(number) for number in recipe.reported]
    published = record["published"] | {"architecture_printed": recipe.architecture_printed}
    words = {"paper_title": experiment.title}
    if drift.KEY not in record:
        words |= {"title": recipe.title, "assumed": list(recipe.assumed), "changed": list(recipe.changed)}
    return record | words | {"reported": reported, "published": published}
