"""metrics.json: every metric of a run, derived from its predictions, which can be made anew at any time."""

from pathlib import Path

from fer_keras.evaluation.metrics import evaluate, kept
from fer_keras.evaluation.statistics import bootstrap
from fer_keras.io import files
from fer_keras.io.errors import UserError, expected
from fer_keras.runs import predictions, schema
from fer_keras.runs.directory import METRICS


def compute(record: dict, stored: dict[str, dict], *, intervals: bool = True) -> dict[str, dict]:
    """Return {split: metrics} of the stored predictions {split: arrays}.

    With `intervals`, which take most of the time, also the 95 % "intervals" of the headline's.
    """
    names, computed = tuple(record["data"]["class_names"]), {}
    for split, part in stored.items():
        computed[split] = evaluate(part["labels"], part["probabilities"], names)
        if intervals:
            computed[split]["intervals"] = _intervals(part["labels"], part["probabilities"])
    return computed


def _intervals(labels, probabilities) -> dict[str, list[float]]:
    intervals = bootstrap(labels, probabilities)
    return {metric: [kept(interval.low), kept(interval.high)] for metric, interval in intervals.items()}


def rebuild(run_dir: Path, record: dict) -> bool:
    """Compute metrics.json from the predictions, write it where it differs, and return whether it did.

    Raises UserError for predictions that cannot be read.
    """
    path = Path(run_dir) / METRICS
    content = {
        "schema": schema.METRICS_VERSION,
        "predictions": record["predictions"]["sha256"],
        "metrics": compute(record, predictions.read(run_dir, record)),
    }
    if path.is_file() and files.read_json(path) == content:
        return False
    files.write_json(path, content)
    return True


def read(run_dir: Path, record: dict) -> dict[str, dict]:
    """Return {split: metrics} of a run. Raises UserError (file and key) when they are missing, wrong or of other predictions."""
    path = Path(run_dir) / METRICS
    again = "Compute them again with python -m fer_keras.report --rebuild."
    if not path.is_file():
        raise expected(f"metrics in {path}", "no such file", again)
    content = files.read_json(path)
    try:
        metrics = schema.validate_metrics(content, record, str(path))
    except UserError as error:
        raise UserError(f"{error} {again}") from error
    if content["predictions"] != record["predictions"]["sha256"]:
        raise expected(f"metrics in {path} of the predictions beside it", "those of others", again)
    return metrics
