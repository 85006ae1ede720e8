"""What a run's record.json must hold. A small validator of our own: types and required keys, one line an error.

A specification is a type or tuple of types (NoneType for null), `Many(spec)` for a list, `Each(spec)` for an object
with any keys, or a dict of keys; a key that ends in "?" may be absent. Keys that it does not name are allowed.
"""

import dataclasses
import math
import re

from fer_keras.config.recipe import METRIC_PATTERN
from fer_keras.io.errors import expected

VERSION = 1
NUMBER, NONE = (int, float), type(None)
LARGEST = 2**53
"""Whole numbers beyond this are no counts, and floats cannot hold them."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")
"""Names that become files: of runs, and of predictions."""

MAYBE_NUMBER = (int, float, NONE)
ANYTHING = (int, float, str, bool, list, dict, NONE)


@dataclasses.dataclass(frozen=True)
class Many:
    """A list of items of one specification."""

    item: object


@dataclasses.dataclass(frozen=True)
class Each:
    """An object whose keys are free and whose values have one specification."""

    item: object


@dataclasses.dataclass(frozen=True)
class Maybe:
    """Null, or something of a specification."""

    item: object


METRICS = {
    "rows": int,
    "accuracy": NUMBER,
    "balanced_accuracy": NUMBER,
    "macro_f1": NUMBER,
    "macro_precision": NUMBER,
    "macro_recall": NUMBER,
    "weighted_f1": NUMBER,
    "log_loss": NUMBER,
    "ece": NUMBER,
    "per_class": Each({"precision": NUMBER, "recall": NUMBER, "f1": NUMBER, "support": int}),
    "confusion": Many(Many(int)),
    "chi_square": Maybe({"statistic": NUMBER, "dof": int, "p": NUMBER}),
    "top_confusions": Many({"true": str, "predicted": str, "share": NUMBER, "count": int}),
}

DATA = {
    "source": str,
    "fingerprint": str,
    "official": bool,
    "synthetic": bool,
    "unofficial_reasons": Many(str),
    "class_names": Many(str),
    "split": str,
    "test_name": str,
    "select_name": str,
    "counts": Each(Each(int)),
    "overlap": Maybe(dict),
    "generated?": Maybe({"sha256": str, "seed": int, "trained_on": int, "stand_in": bool, "counts": Each(int)}),
    "dropped?": Maybe({"list": str, "sha256": str, "rows": int, "reasons": Each(int)}),
    "crop?": Maybe(
        {"detector": str, "opencv": str, "margin": NUMBER, "found": Each(int), "rows": Each(int), "changed": int}
    ),
}

EPOCH = {
    "phase": str,
    "epoch": int,
    "loss": MAYBE_NUMBER,
    "accuracy": MAYBE_NUMBER,
    "select_loss": MAYBE_NUMBER,
    "select_accuracy": MAYBE_NUMBER,
    "select_balanced_accuracy": MAYBE_NUMBER,
    "learning_rate": MAYBE_NUMBER,
    "seconds": NUMBER,
}

RECIPE = {
    "init?": str,
    "batch_size?": int,
    "oversample?": Each(int),
    "data?": {"dataset?": str, "split?": str},
    "phases?": Many({"data?": Maybe({"dataset?": str, "split?": str})}),
}
"""What the pages read of a recipe, printed or as run."""

RECORD = {
    "schema": int,
    "run": str,
    "experiment": str,
    "paper": str,
    "paper_title": str,
    "recipe": str,
    "title": str,
    "printed": RECIPE,
    "as_run": RECIPE,
    "ledger": Many({"field": str, "printed": ANYTHING, "run": ANYTHING}),
    "assumed": Many(str),
    "changed": Many(str),
    "reported": Many({"metric": str, "value": NUMBER, "where": str, "split": str}),
    "profile": str,
    "seed": int,
    "init": {"kind": str, "file?": (str, NONE), "sha256?": (str, NONE), "note?": (str, NONE)},
    "data": DATA,
    "parameters": {"total": int, "phases": Many({"name": str, "trainable": int})},
    "history": Many(EPOCH),
    "selected": {"phase": str, "epoch": int, "monitor": str, "value": MAYBE_NUMBER},
    "metrics": Each(METRICS),
    "environment": {
        "device": str,
        "backend": str,
        "precision": str,
        "versions": Each(str),
        "commit": (str, NONE),
        "dirty": (bool, NONE),
        "cpu_count": int,
        "shared?": str,
        "deterministic?": bool,
    },
    "minutes": NUMBER,
    "cpu_minutes?": MAYBE_NUMBER,
    "started": str,
    "finished": str,
    "access": Many({"split": str, "when": str, "why": str}),
    "predictions": Each(str),
}

KINDS = ("scratch", "imagenet", "file", "checkpoint")
"""What a backbone can start from; "file" and "checkpoint" are both a checkpoint given with --init."""


def require(value: object, spec: object, source: str):
    """Return `value` when it fits the specification. Raises UserError naming `source` and the first key at fault."""
    for path, what, received in _faults(value, spec, ""):
        raise expected(f"{what} at {path or 'top level'} in {source}", received)
    return value


def validate(record: object, source: str) -> dict:
    """Return `record` when it fits RECORD. Raises UserError naming `source` and the first key at fault."""
    require(record, RECORD, source)
    for path, what, received in _disagreements(record):
        raise expected(f"{what} at {path} in {source}", received)
    return record


def _faults(value, spec, path):
    if isinstance(spec, Maybe):
        spec = NONE if value is None else spec.item
    if isinstance(spec, Many):
        yield from _of_type(value, list, path)
        for position, item in enumerate(value):
            yield from _faults(item, spec.item, f"{path}[{position}]")
    elif isinstance(spec, Each):
        yield from _of_type(value, dict, path)
        for key, item in value.items():
            yield from _faults(item, spec.item, f"{path}.{key}".lstrip("."))
    elif isinstance(spec, dict):
        yield from _of_type(value, dict, path)
        for key, item in spec.items():
            name, inner = key.rstrip("?"), f"{path}.{key.rstrip('?')}".lstrip(".")
            if name in value:
                yield from _faults(value[name], item, inner)
            elif not key.endswith("?"):
                yield inner, "a value", "none"
    else:
        yield from _of_type(value, spec, path)


def _of_type(value, types, path):
    types = types if isinstance(types, tuple) else (types,)
    boolean_for_number = isinstance(value, bool) and bool not in types
    if not isinstance(value, types) or boolean_for_number:
        yield (path, " or ".join("null" if t is NONE else t.__name__ for t in types), _brief(value))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "a finite number", value
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield path, f"a number up to {LARGEST}", _brief(value)


def _disagreements(record):
    """Yield what types cannot say: the version, closed names, tables of the right size, a file behind every number."""
    if record["schema"] != VERSION:
        yield "schema", VERSION, record["schema"]
    if record["init"]["kind"] not in KINDS:
        yield "init.kind", f"one of {', '.join(KINDS)}", record["init"]["kind"]
    if not record["metrics"].get("test"):
        yield "metrics.test", "metrics of the test rows", "none"
    for name in (record["run"], *record["predictions"].values()):
        if not PLAIN_NAME.fullmatch(name):
            yield "run or predictions", "a plain file name", _brief(name)
    if sum(record["data"]["counts"].get("train", {}).values()) < 1:
        yield "data.counts.train", "the rows of each class that were trained on", "none"
    for row in record["history"]:
        if row["accuracy"] is not None and not 0 <= row["accuracy"] <= 1:
            yield "history.accuracy", "a share from 0 to 1", row["accuracy"]
    crop = record["data"].get("crop")
    if crop and not crop["found"].keys() <= crop["rows"].keys():
        yield "data.crop.rows", f"a count for {', '.join(crop['found'])}", ", ".join(crop["rows"])
    names = record["data"]["class_names"]
    for split, metrics in record["metrics"].items():
        size = [len(metrics["confusion"]), *(len(row) for row in metrics["confusion"])]
        if size != [len(metrics["per_class"])] * (len(metrics["per_class"]) + 1):
            yield (f"metrics.{split}.confusion", "a square table of the classes", f"sizes {size}")
        if sum(map(sum, metrics["confusion"])) != metrics["rows"]:
            yield (
                f"metrics.{split}.rows",
                f"{sum(map(sum, metrics['confusion']))}, the confusion's sum",
                metrics["rows"],
            )
        if split in ("test", "select") and list(metrics["per_class"]) != names:
            yield (f"metrics.{split}.per_class", f"the classes {', '.join(names)}", ", ".join(metrics["per_class"]))
        if split not in record["predictions"]:
            yield f"predictions.{split}", "the file that the metrics come from", "none"
    for reported in record["reported"]:
        if not METRIC_PATTERN.fullmatch(reported["metric"]):
            yield "reported", "a metric that the evaluation gives", _brief(reported["metric"])
        if reported["split"] not in ("test", "select", "train"):
            yield "reported", "split test, select or train", reported["split"]


def _brief(value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
