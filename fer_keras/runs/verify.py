"""Every metric in reports/results, computed anew from the predictions beside it."""

from pathlib import Path

from fer_keras.evaluate.metrics import evaluate
from fer_keras.runs.record import RESULTS, all_predictions, load_records


def verify(reports_dir: Path) -> tuple[int, list[str]]:
    """Return how many sets of metrics were recomputed, and a line for each that does not agree to the last digit."""
    checked, faults = 0, []
    for run, record in load_records(reports_dir).items():
        for split, found in all_predictions(Path(reports_dir) / RESULTS / run, record).items():
            checked += 1
            faults += [f"{run}, {split}: {fault}" for fault in _faults(record, split, found)]
    return checked, faults


def _faults(record: dict, split: str, found: dict):
    written = record["metrics"][split]
    computed = evaluate(found["labels"], found["probabilities"], tuple(written["per_class"]))
    for key, value in computed.items():
        if written[key] != value:
            yield f"{key} is {written[key]}, its predictions give {value}"
    if len(set(found["rows"].tolist())) != len(found["rows"]):
        yield "a row was predicted twice"
    counts = record["data"]["counts"].get(split)
    support = {name: scores["support"] for name, scores in computed["per_class"].items()}
    if counts is not None and counts != support:
        yield f"the split has {counts}, scored were {support}"
