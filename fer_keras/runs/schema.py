"""What record.json and metrics.json of a run hold."""

from fer_keras.config.recipe import STARTS
from fer_keras.config.reported import METRIC_PATTERN
from fer_keras.evaluation import counts, metrics
from fer_keras.io.errors import expected
from fer_keras.io.specification import (
    ANYTHING,
    MAYBE_NUMBER,
    NONE,
    NUMBER,
    PLAIN_NAME,
    Each,
    Many,
    Maybe,
    brief,
    require,
)

VERSION, METRICS_VERSION = 2, 1
METRICS = {
    "rows": int,
    **dict.fromkeys(metrics.OVERALL, NUMBER),
    "per_class": Each(dict.fromkeys(metrics.PER_CLASS, NUMBER) | {"support": int}),
    "intervals": dict.fromkeys((*counts.HEADLINE, "log_loss"), Many(NUMBER)),
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
        {"detector": str, "opencv?": str, "version?": str, "margin": NUMBER}
        | {"found": Each(int), "rows": Each(int), "changed": int}
    ),
}

TOLD = {"rows": int, "accuracy": NUMBER, "entropy": NUMBER}
TEACHERS = {
    "file": str,
    "sha256": str,
    "minutes": NUMBER,
    "runs": Many(
        {
            **{"run": str, "recipe": str, "seed": int, "sha256": str, "minutes": NUMBER},
            "history": Many({"split": str, "seed": int}),
            "trained_on": int,
            "train": TOLD,
            "select": TOLD,
        }
    ),
    "mean": {"train": TOLD, "select": TOLD},
}
"""What a run learnt from other runs: `trained_on` counts its training rows that a teacher was trained on."""

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
    "phases?": Many({"name?": str, "data?": Maybe({"dataset?": str, "split?": str})}),
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
    "published": RECIPE,
    "as_run": RECIPE,
    "deviations": Many({"field": str, "published": ANYTHING, "run": ANYTHING}),
    "assumed": Many(str),
    "changed": Many(str),
    "reported": Many({"metric": str, "value": NUMBER, "where": str, "split": str, "least?": MAYBE_NUMBER}),
    "profile": str,
    "command?": Many(str),
    "seed": int,
    "init": {"kind": str, "file?": (str, NONE), "sha256?": (str, NONE), "note?": (str, NONE)},
    "data": DATA,
    "parameters": {"total": int, "phases": Many({"name": str, "trainable": int})},
    "history": Many(EPOCH),
    "selected": {"phase": str, "epoch": int, "monitor": str, "value": MAYBE_NUMBER},
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
    "teachers?": Maybe(TEACHERS),
    "started": str,
    "finished": str,
    "access": Many({"split": str, "when": str, "why": str}),
    "predictions": {"file": str, "sha256": str, "splits": Many(str)},
}
"""record.json: what happened."""

METRICS_FILE = {"schema": int, "predictions": str, "metrics": Each(METRICS)}
"""metrics.json: what follows from the predictions. A metric that joins METRICS needs no new record, only a rebuild."""

KINDS = (*STARTS, "file", "checkpoint")
"""What a backbone can start from; "file" and "checkpoint" are both a checkpoint given with --init."""


def validate(record: object, source: str) -> dict:
    """Return `record` when it fits RECORD. Raises UserError naming `source` and the first key at fault."""
    require(record, RECORD, source)
    for path, what, received in _disagreements(record):
        raise expected(f"{what} at {path} in {source}", received)
    return record


def validate_metrics(content: object, record: dict, source: str) -> dict:
    """Return the metrics of a metrics.json that fits METRICS_FILE and its run's record. Raises UserError as `validate`."""
    require(content, METRICS_FILE, source)
    for path, what, received in _metric_faults(content, record):
        raise expected(f"{what} at {path} in {source}", received)
    return content["metrics"]


def _metric_faults(content, record):
    """Yield what types cannot say of metrics: the version, one set for each split, tables of the classes' size."""
    if content["schema"] != METRICS_VERSION:
        yield "schema", METRICS_VERSION, content["schema"]
    if set(content["metrics"]) != set(record["predictions"]["splits"]):
        yield "metrics", f"the splits {', '.join(record['predictions']['splits'])}", ", ".join(content["metrics"])
    names = record["data"]["class_names"]
    for split, scores in content["metrics"].items():
        size = [len(scores["confusion"]), *(len(row) for row in scores["confusion"])]
        if size != [len(scores["per_class"])] * (len(scores["per_class"]) + 1):
            yield f"metrics.{split}.confusion", "a square table of the classes", f"sizes {size}"
        if any(count < 0 for row in scores["confusion"] for count in row):
            yield f"metrics.{split}.confusion", "counts from 0", "a negative one"
        for metric, interval in scores["intervals"].items():
            if len(interval) != 2:
                yield f"metrics.{split}.intervals.{metric}", "its low and its high", f"{len(interval)} numbers"
        total = sum(map(sum, scores["confusion"]))
        if total != scores["rows"]:
            yield f"metrics.{split}.rows", f"{total}, the confusion's sum", scores["rows"]
        if list(scores["per_class"]) != names:
            yield f"metrics.{split}.per_class", f"the classes {', '.join(names)}", ", ".join(scores["per_class"])


def _disagreements(record):
    """Yield what types cannot say of a record: the version, closed names, shares and counts that can be."""
    if record["schema"] != VERSION:
        migrate = "Convert it with python -m fer_keras.report --migrate RUN." if record["schema"] == 1 else ""
        yield "schema", VERSION, f"{record['schema']}. {migrate}".removesuffix(". ")
    if record["init"]["kind"] not in KINDS:
        yield "init.kind", f"one of {', '.join(KINDS)}", record["init"]["kind"]
    if "test" not in record["predictions"]["splits"]:
        yield "predictions.splits", "test, the images that the headline is of", record["predictions"]["splits"]
    for name in (record["run"], record["predictions"]["file"], *record["predictions"]["splits"]):
        if not PLAIN_NAME.fullmatch(name):
            yield "run or predictions", "a plain name", brief(name)
    if sum(record["data"]["counts"].get("train", {}).values()) < 1:
        yield "data.counts.train", "the images of each class that were trained on", "none"
    for row in record["history"]:
        if row["accuracy"] is not None and not 0 <= row["accuracy"] <= 1:
            yield "history.accuracy", "a share from 0 to 1", row["accuracy"]
    crop = record["data"].get("crop")
    if crop and not crop["found"].keys() <= crop["rows"].keys():
        yield "data.crop.rows", f"a count for {', '.join(crop['found'])}", ", ".join(crop["rows"])
    for reported in record["reported"]:
        if not METRIC_PATTERN.fullmatch(reported["metric"]):
            yield "reported", "a metric that the evaluation gives", brief(reported["metric"])
        if reported["split"] not in ("test", "select", "train"):
            yield "reported", "split test, select or train", reported["split"]
