"""The experiments of the suite beside the records of their runs: what the tables have rows for."""

import dataclasses
import json
import statistics

from fer_keras import recipes
from fer_keras.config import protocols, resolve
from fer_keras.config.recipe import Experiment, Recipe
from fer_keras.runs import splits


@dataclasses.dataclass(frozen=True)
class Row:
    """A recipe with the runs that differ only in their seed, ascending in the headline metric; () without a run.

    `reported` holds the published numbers as the record has them: {"metric", "value", "where", "split"}.
    """

    experiment: str
    paper: str
    recipe: str
    title: str
    reported: tuple[dict, ...]
    records: tuple[dict, ...] = ()

    @property
    def headline(self) -> dict | None:
        """The first published number, None when the recipe holds none."""
        return self.reported[0] if self.reported else None

    @property
    def middle(self) -> dict | None:
        """The run with the (lower) median of the headline metric."""
        return self.records[(len(self.records) - 1) // 2] if self.records else None

    @property
    def is_as_printed(self) -> bool:
        """Whether there are runs and none differs from the recipe as published."""
        return bool(self.records) and not any(record["deviations"] for record in self.records)

    @property
    def is_smoke(self) -> bool:
        """Whether its runs only show that the code runs.

        They are not as published, and started elsewhere; or they are shortened, and have no published number beside them.
        """
        if not self.records or self.is_as_printed:
            return False
        published, init = self.records[0]["published"].get("init", "scratch"), self.records[0]["init"]["kind"]
        return published != init or (self.records[0]["profile"] != resolve.PAPER and not self.reported)

    def values(self, measure) -> list:
        """Return measure(record) of every run, those without it (None) left out."""
        return [found for found in map(measure, self.records) if found is not None]


def experiments(names: tuple[str, ...] | None = None) -> list[Experiment]:
    """Return the suite's experiments in the order of `recipes.MODULES` (or those called `names`)."""
    return recipes.experiments() if names is None else [recipes.experiment(name) for name in names]


def rows(suite: list[Experiment], records: dict[str, dict]) -> list[Row]:
    """Return a row for each recipe and kind of run, then rows for records whose recipe is not in the suite.

    Runs of the leaky protocols and of their control are no results, and have no row (see `leaky`).
    """
    records = {run: record for run, record in records.items() if record["data"]["split"] not in protocols.STUDIED}
    found, used = [], set()
    for experiment in suite:
        for recipe in experiment.recipes:
            own = [r for r in records.values() if (r["experiment"], r["recipe"]) == (experiment.name, recipe.name)]
            used |= {record["run"] for record in own}
            found += _of_recipe(experiment, recipe, own)
    others = [record for record in records.values() if record["run"] not in used]
    return found + [_of_records(group) for group in groups(others)]


def _of_recipe(experiment: Experiment, recipe: Recipe, records: list[dict]) -> list[Row]:
    if records:
        return [_of_records(group) for group in groups(records)]
    reported = tuple(dataclasses.asdict(number) for number in recipe.reported)
    return [Row(experiment.name, experiment.paper, recipe.name, recipe.title, reported)]


def groups(records: list[dict]) -> list[list[dict]]:
    """Group records that differ only in their seed; words and the profiles to choose from are no difference."""
    groups = {}
    for record in records:
        groups.setdefault(_kind(record), []).append(record)
    return list(groups.values())


def _kind(record: dict) -> tuple:
    """Return what runs have in common that differ only in their seed; the runs that taught them are of it, too."""
    data, init = record["data"], record["init"]
    start = (init["kind"], init.get("sha256"))
    teachers = tuple(teacher["sha256"] for teacher in (record.get("teachers") or {}).get("runs", ()))
    protocol = (data["split"], data["test_name"], data["fingerprint"], *prepared(record))
    deciding = resolve.stated(resolve.without_words(record["as_run"] | {"profiles": {}}))
    as_run = json.dumps(deciding, sort_keys=True)
    return (record["experiment"], record["recipe"], record["profile"], start, teachers, protocol, as_run)


def prepared(record: dict) -> list[str]:
    """Return what was done to the faces before training, in words: images dropped, faces cropped."""
    data = record["data"]
    return [word for word, key in (("cleaned", "dropped"), ("cropped", "crop")) if data.get(key)]


def _of_records(group: list[dict]) -> Row:
    first = group[0]
    reported = tuple(first["reported"])
    ordered = sorted(
        group, key=lambda record: (measured(record, reported[0] if reported else None) or 0.0, record["run"])
    )
    return Row(first["experiment"], first["paper"], first["recipe"], first["title"], reported, tuple(ordered))


def divided(rows: list[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows to conclude from, the shortened ones of recipes also run as published, and those that test the code."""
    whole = {row.recipe for row in rows if row.is_as_printed}
    shortened = [row for row in rows if row.recipe in whole and not row.is_as_printed]
    smoke = [row for row in rows if row not in shortened and row.is_smoke]
    return [row for row in rows if row not in shortened and row not in smoke], shortened, smoke


def measured(record: dict, reported: dict | None) -> float | None:
    """Return the run's value of a published number (None: of the test accuracy), None where the run has none."""
    if reported is None:
        return record["metrics"]["test"]["accuracy"]
    return splits.score(record, reported["split"], reported["metric"])


def spread(values: list[float]) -> tuple[float, float, float] | None:
    """Return (minimum, median, maximum), None of nothing; of an even number the lower median, which is a run's own."""
    return (min(values), statistics.median_low(values), max(values)) if values else None
