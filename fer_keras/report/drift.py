"""Recipe drift: whether a committed result still belongs to today's recipe, in whatever decides training.

A record keeps the recipe as published when it ran. Titles, sections, the paper's numbers, notes and estimated minutes
decide nothing; of the profiles only the one that ran counts; a field that is newer than the record has its default.
A result of another recipe than today's is marked in every table and fails `report --check`, until it is run again or
accepted: accepted_recipes.json then holds why, and the digest of the recipe, so that the next change asks again.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from fer_keras.config import resolve
from fer_keras.config.options import DEMO
from fer_keras.config.recipe import Experiment, Recipe
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.io.specification import Each, require

ACCEPTED = "accepted_recipes.json"
MARK = "recipe changed since"
KEY = "recipe_drift"
"""Where `marked` puts its finding in a record in memory; record.json never has it."""

REMOVED = "the whole recipe, which is no longer there"


def deciding(recipe: Mapping, profile: str) -> dict:
    """Return what decides the training of a recipe run with `profile`: its data without words, defaults, other profiles.

    Args:
        recipe: a recipe as data, `resolve.as_data` or a record's "published".
    """
    known = recipe.get("profiles") or {}
    used = resolve.demo_profile(known) if profile == DEMO else profile
    profiles = {name: value for name, value in known.items() if name == used}
    return resolve.stated(resolve.without_words({**recipe, "profiles": profiles}))


def changed_fields(record: dict, today: Recipe | None) -> list[str]:
    """Return the paths of the fields in which today's recipe is another than the one that `record` is of."""
    if today is None:
        return [REMOVED]
    before, now = (deciding(recipe, record["profile"]) for recipe in (record["published"], resolve.as_data(today)))
    return list(_differing("", before, now))


def _differing(path: str, before, now):
    """Yield the path of each value in which two recipes as data differ; what is absent has its default."""
    if isinstance(before or now, dict) and isinstance(before or {}, dict) and isinstance(now or {}, dict):
        before, now = before or {}, now or {}
        for key in dict.fromkeys((*before, *now)):
            if key != "kind" or (before and now):
                yield from _differing(f"{path}.{key}".lstrip("."), before.get(key), now.get(key))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for position, (left, right) in enumerate(zip(before, now, strict=True)):
            yield from _differing(f"{path}[{_phase_name(left, position)}]", left, right)
    elif before != now:
        yield path


def _phase_name(item, position: int):
    return item.get("name", position) if isinstance(item, dict) else position


def digest(today: Recipe | None, profile: str) -> str:
    """Return the sha256 of what decides the training of today's recipe with `profile`."""
    content = deciding(resolve.as_data(today), profile) if today else None
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def marked(records: dict[str, dict], suite: list[Experiment], reports_dir: Path) -> dict[str, dict]:
    """Return `records` where each whose recipe has changed says so under KEY: {"fields", "why"}, `why` once accepted.

    Raises UserError for an accepted_recipes.json that is no such thing.
    """
    today, accepted = _recipes(suite), read_accepted(reports_dir)
    return {run: _marked(record, today.get(record["recipe"]), accepted.get(run)) for run, record in records.items()}


def _marked(record: dict, today: Recipe | None, accepted: dict | None) -> dict:
    fields = changed_fields(record, today)
    if not fields:
        return record
    holds = accepted is not None and accepted["recipe"] == digest(today, record["profile"])
    return record | {KEY: {"fields": fields, "why": accepted["why"] if holds else None}}


def mark(*records: dict) -> str:
    """Return ", recipe changed since", to stand behind the name of results of which one is marked; else ""."""
    return f", {MARK}" if any(KEY in record for record in records) else ""


def warning(record: dict) -> str:
    """Return the line on a run's own page: what has changed, and why that was accepted or what is to be done."""
    if KEY not in record:
        return ""
    fields, why = ", ".join(record[KEY]["fields"]), record[KEY]["why"]
    return f"> **RECIPE CHANGED SINCE: {fields}.** {f'Accepted: {why}' if why else 'Not accepted: run it again.'}"


def unaccepted(records: dict[str, dict]) -> list[str]:
    """Return, of `marked` records, the runs whose recipe has changed and that nobody has accepted since."""
    return [run for run, record in records.items() if KEY in record and record[KEY]["why"] is None]


def read_accepted(reports_dir: Path) -> dict[str, dict]:
    """Return {run: {"recipe": digest, "why": text}}. Raises UserError for a file that holds something else."""
    path = Path(reports_dir) / ACCEPTED
    return require(files.read_json(path), Each({"recipe": str, "why": str}), str(path)) if path.exists() else {}


def accept(run: str, why: str, records: dict[str, dict], suite: list[Experiment], reports_dir: Path) -> Path:
    """Note that the result of `run` may stand beside today's recipe, and `why`; return the file.

    Raises UserError for a run that is not there or whose recipe has not changed, or without a reason.
    """
    if run not in records:
        raise expected("a run under results/ for --accept-recipe", repr(run), "The overview links them by name.")
    today = _recipes(suite).get(records[run]["recipe"])
    if not changed_fields(records[run], today):
        raise expected(f"{run} of another recipe than today's", "one of the same", "There is nothing to accept.")
    if not why.strip():
        raise expected("--why, a reason in words", repr(why))
    entry = {"recipe": digest(today, records[run]["profile"]), "why": " ".join(why.split())}
    files.write_json(Path(reports_dir) / ACCEPTED, dict(sorted((read_accepted(reports_dir) | {run: entry}).items())))
    return Path(reports_dir) / ACCEPTED


def _recipes(suite: list[Experiment]) -> dict[str, Recipe]:
    return {recipe.name: recipe for experiment in suite for recipe in experiment.recipes}
