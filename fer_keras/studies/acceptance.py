"""Has a reproduction worked? A fresh run of a recipe held against the recorded runs, by one written rule."""

import dataclasses
import math
import statistics
from pathlib import Path

from fer_keras.config import resolve
from fer_keras.config.recipe import Experiment
from fer_keras.evaluation.statistics import Interval, paired_bootstrap
from fer_keras.io.errors import UserError, expected
from fer_keras.report import drift, markdown, result_groups
from fer_keras.runs import predictions, splits
from fer_keras.runs.record import RESULTS, load_records, read_record
from fer_keras.studies.compare import joined

METRICS = ("accuracy", "balanced_accuracy", "macro_f1")
CONFIDENCE = 0.95
TEST_ROWS = ("fingerprint", "split", "test_name")
"""Of a record's data: what runs have in common that are tested on the same rows."""
RULE = """\
Rule: the fresh run is held against the recorded runs that differ from it in their seed alone, on the test rows of the
recipe, in accuracy, balanced accuracy and macro F1. All three must lie in their bands.
Two recorded seeds or more: the band is the 95 % prediction interval for one more run, mean ± t s √(1 + 1/n), with s the
standard deviation of the n seeds and t Student's 97.5 % quantile for n - 1 degrees of freedom. The test rows are the
same in every run, so that the spread between runs counts, and no sampling of rows.
One recorded seed shows no spread: s is then that of all recorded recipes with several seeds on the same test rows,
pooled, about the one value.
No band is narrower than what errors that fall on each row independently give two networks of equal worth: the 95 %
paired bootstrap interval of the fresh run's difference to the recorded ones, scaled to their mean.
Each band leaves out about one right reproduction in twenty. Few seeds make it wide: it then accepts nearly anything."""


@dataclasses.dataclass(frozen=True)
class Acceptance:
    """Whether the fresh run lies in every band, and the text that says so, with the rule and what it rests on."""

    accepted: bool
    text: str


def judge(run_dir: Path, reports_dir: Path, suite: list[Experiment] | None = None) -> Acceptance:
    """Hold the finished run in `run_dir` against the runs under reports_dir/results, by RULE.

    Raises UserError for a run of a recipe that is not the suite's of today, that has no recorded run of the same data,
    profile and start, or that is a recorded one itself; and where the recorded runs are of an earlier recipe.
    """
    suite = result_groups.experiments() if suite is None else suite
    fresh = read_record(run_dir)
    _require_todays(fresh, suite)
    records = drift.marked(load_records(reports_dir), suite, reports_dir)
    recorded = _recorded(fresh, records)
    rows = _reach_of_rows(run_dir, fresh, Path(reports_dir) / RESULTS, recorded)
    bands = {metric: _band(metric, fresh, recorded, records, rows) for metric in METRICS}
    accepted = all(_value(fresh, metric) in band for metric, band in bands.items())
    return Acceptance(accepted, _text(fresh, recorded, bands, accepted))


def _band(metric: str, fresh: dict, recorded: list[dict], records: dict[str, dict], rows: dict[str, float]) -> Interval:
    values = [_value(one, metric) for one in recorded]
    groups = [values] if len(values) > 1 else _on_the_same_rows(metric, fresh, records)
    middle, reach = statistics.fmean(values), max(rows.get(metric, 0.0), reach_of_seeds(groups, len(values)))
    if not reach:
        raise expected(f"a second recorded seed of {fresh['recipe']}, or of a recipe on the same test rows", "none")
    return Interval(middle - reach, middle + reach)


def _on_the_same_rows(metric: str, fresh: dict, records: dict[str, dict]) -> list[list[float]]:
    """Return the values of the recorded runs on the test rows of `fresh`, those that differ in their seed alone together."""
    same = [one for one in records.values() if all(one["data"][key] == fresh["data"][key] for key in TEST_ROWS)]
    return [[_value(one, metric) for one in group] for group in result_groups.groups(same) if len(group) > 1]


def reach_of_seeds(groups: list[list[float]], n: int) -> float:
    """Return how far from the mean of n runs one more lies with probability 0.95, 0 where `groups` show no spread.

    The runs are from a normal distribution whose standard deviation is that within the groups, pooled.
    """
    from scipy.special import stdtrit

    freedom = sum(len(group) - 1 for group in groups)
    if not freedom:
        return 0.0
    pooled = math.sqrt(sum(statistics.variance(group) * (len(group) - 1) for group in groups) / freedom)
    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * pooled * math.sqrt(1 + 1 / n)


def _require_todays(fresh: dict, suite: list[Experiment]) -> None:
    today = {recipe.name: recipe for experiment in suite for recipe in experiment.recipes}.get(fresh["recipe"])
    if today is None:
        raise expected("a run of a recipe of this suite", fresh["recipe"])
    if changed := drift.changed_fields(fresh, today):
        raise expected(f"a run of today's {fresh['recipe']}", f"one of another ({', '.join(changed)})", "Run it again.")


def _recorded(fresh: dict, records: dict[str, dict]) -> list[dict]:
    """Return the recorded runs that differ from `fresh` in their seed alone. Raises UserError, saying why, for none."""
    same = [one for one in records.values() if one["recipe"] == fresh["recipe"]]
    if not same:
        raise expected(f"a recorded run of {fresh['recipe']} under {RESULTS}/", "none")
    copy = [one["run"] for one in same if one["predictions"]["sha256"] == fresh["predictions"]["sha256"]]
    if copy:
        raise expected("a fresh run", f"the recorded {copy[0]} itself, or its very predictions")
    group = next(group for group in result_groups.groups([fresh, *same]) if fresh in group)
    found = [one for one in group if one is not fresh]
    if not found:
        raise _nothing_alike(fresh, same)
    if drifted := [one for one in found if one.get(drift.KEY, {"why": ""})["why"] is None]:
        fields = ", ".join(drifted[0][drift.KEY]["fields"])
        raise expected(f"recorded runs of today's {fresh['recipe']}", f"{drifted[0]['run']} of another ({fields})")
    return found


def _nothing_alike(fresh: dict, same: list[dict]) -> UserError:
    """Return the error that names in what the recorded run that is most alike differs."""
    differences = min((_differences(fresh, one) for one in same), key=len)
    return expected(f"a run like the recorded ones of {fresh['recipe']}", f"another {', '.join(differences)}")


def _differences(fresh: dict, one: dict) -> list[str]:
    found = [] if fresh["profile"] == one["profile"] else [f"profile ({fresh['profile']}, not {one['profile']})"]
    data = [key for key in TEST_ROWS if fresh["data"][key] != one["data"][key]]
    found += [f"data ({key} {fresh['data'][key]}, not {one['data'][key]})" for key in data]
    recipes = (resolve.stated(resolve.without_words(run["as_run"] | {"profiles": {}})) for run in (one, fresh))
    found += [line["field"] for line in resolve.differences(*recipes)]
    return found or ["start or teachers"]


def _value(record: dict, metric: str) -> float:
    return record["metrics"]["test"][metric]


def _reach_of_rows(run_dir: Path, fresh: dict, results: Path, recorded: list[dict]) -> dict[str, float]:
    """Return {metric: half the paired interval's width, about the mean of the recorded runs}; {} where their rows differ."""
    ours = predictions.read(run_dir, fresh)["test"]
    found = []
    for one in recorded:
        try:
            pair = joined(predictions.read(results / one["run"], one)["test"], ours, one["run"])
        except UserError:  # a division that the seed decides
            return {}
        found.append(paired_bootstrap(pair[0]["labels"], *(part["probabilities"] for part in pair)))
    scale = math.sqrt((1 + 1 / len(recorded)) / 2)
    widths = {metric: statistics.fmean(each[metric].high - each[metric].low for each in found) for metric in METRICS}
    return {metric: scale * width / 2 for metric, width in widths.items()}


def _text(fresh: dict, recorded: list[dict], bands: dict[str, Interval], accepted: bool) -> str:
    rows = [_line(fresh, recorded, metric, band) for metric, band in bands.items()]
    table = markdown.table(("metric", "this run", "band", "recorded seeds", ""), rows)
    n = len(recorded)
    rests = f"It rests on {n} recorded seed{'s' * (n > 1)}: {', '.join(one['run'] for one in recorded)}."
    where = f"{fresh['run']}, seed {fresh['seed']}, on {splits.display(fresh, 'test')}, {_computed(fresh)}"
    others = "; ".join(dict.fromkeys(map(_computed, recorded)))
    said = "INSIDE the band of the recorded seeds." if accepted else "OUTSIDE the band of the recorded seeds."
    return "\n\n".join([RULE, f"{where}; recorded: {others}.", table, f"{said} {rests}"])


def _computed(record: dict) -> str:
    return f"computed in {record['environment']['precision'].split()[0]}"


def _line(fresh: dict, recorded: list[dict], metric: str, band: Interval) -> tuple:
    value = _value(fresh, metric)
    place = "inside" if value in band else "below" if value < band.low else "above"
    seeds = " / ".join(markdown.number(metric, _value(one, metric)) for one in recorded)
    return markdown.metric_name(metric), markdown.number(metric, value), markdown.interval(metric, band), seeds, place
