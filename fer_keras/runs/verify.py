"""Every metric in reports/results, computed anew from the predictions beside it."""

from collections.abc import Collection
from pathlib import Path

from fer_keras.runs import directory, metrics_file, predictions
from fer_keras.runs.record import RESULTS, load_records, read_facts, run_dirs


def verify(reports_dir: Path, intervals_of: Collection[str] | None = None) -> tuple[int, list[str]]:
    """Return how many sets of metrics were recomputed, and a line for each that does not agree to the last digit.

    The bootstrap intervals, which take most of the time, are recomputed of all runs, or of those named in `intervals_of`.
    """
    checked, faults = 0, []
    for run, record in load_records(reports_dir).items():
        stored = predictions.read(Path(reports_dir) / RESULTS / run, record)
        intervals = intervals_of is None or run in intervals_of
        for split, computed in metrics_file.compute(record, stored, intervals=intervals).items():
            checked += 1
            faults += [f"{run}, {split}: {fault}" for fault in _faults(record, split, stored[split], computed)]
    return checked, faults


def rebuild(reports_dir: Path) -> list[Path]:
    """Make every metrics.json under reports_dir/results anew from the predictions; return those that changed."""
    changed = [run_dir for run_dir in run_dirs(reports_dir) if metrics_file.rebuild(run_dir, read_facts(run_dir))]
    return [run_dir / directory.METRICS for run_dir in changed]


def _faults(record: dict, split: str, part: dict, computed: dict):
    written = record["metrics"][split]
    for key, value in computed.items():
        if written.get(key) != value:
            yield f"{key} is {written.get(key)}, its predictions give {value}"
    if len(set(part["rows"].tolist())) != len(part["rows"]):
        yield "an image was predicted twice"
    counts = record["data"]["counts"].get(split)
    support = {name: scores["support"] for name, scores in computed["per_class"].items()}
    if counts is not None and counts != support:
        yield f"the split has {counts}, scored were {support}"
