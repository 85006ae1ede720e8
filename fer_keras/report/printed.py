"""What a paper prints, as the suite reads it today, beside what was recorded earlier.

A record keeps the words of its recipe as they were when it ran. A printed number that was overlooked then, or that the
paper does not print its network, is no fact of the run: pages take both from today's recipe.
"""

import dataclasses

from fer_keras.config.recipe import Experiment


def of_today(records: dict[str, dict], suite: list[Experiment]) -> dict[str, dict]:
    """Return `records`, the printed numbers of each and whether its network is printed as today's recipe has them."""
    today = {recipe.name: recipe for experiment in suite for recipe in experiment.recipes}
    return {run: _of_today(record, today.get(record["recipe"])) for run, record in records.items()}


def _of_today(record: dict, recipe) -> dict:
    if recipe is None:
        return record
    reported = [dataclasses.asdict(number) for number in recipe.reported]
    published = record["published"] | {"architecture_printed": recipe.architecture_printed}
    return record | {"reported": reported, "published": published}
