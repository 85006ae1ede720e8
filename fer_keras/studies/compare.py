"""Do two runs differ by more than chance, on the same faces?"""

from pathlib import Path

import numpy as np

from fer_keras.evaluation.metrics import evaluate
from fer_keras.evaluation.statistics import mcnemar, paired_bootstrap
from fer_keras.io.errors import expected
from fer_keras.report import markdown
from fer_keras.runs import predictions, splits
from fer_keras.runs.record import read_record

SHOWN = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")


def compare(first_dir: Path, second_dir: Path, split: str = "test") -> str:
    """Return the table of both runs' metrics, their differences with paired bootstrap intervals, and McNemar's test.

    Raises UserError when a run cannot be read or the two were not scored on the same rows with the same labels.
    """
    records = [read_record(run_dir) for run_dir in (first_dir, second_dir)]
    for run_dir, record in zip((first_dir, second_dir), records, strict=True):
        if split not in record["metrics"]:
            raise expected(f"{split} predictions in {run_dir}", f"only {', '.join(record['metrics'])}")
    first, second = (predictions.read(d, r)[split] for d, r in zip((first_dir, second_dir), records, strict=True))
    first, second = joined(first, second, f"{first_dir} and {second_dir}")
    names = tuple(records[0]["metrics"][split]["per_class"])
    if names != tuple(records[1]["metrics"][split]["per_class"]):
        raise expected("two runs with the same classes", f"other ones in {second_dir}")
    labels, one, other = first["labels"], first["probabilities"], second["probabilities"]
    intervals = paired_bootstrap(labels, one, other)
    scores = [evaluate(labels, probabilities, names) for probabilities in (one, other)]
    test = mcnemar(labels, one.argmax(axis=1), other.argmax(axis=1))
    return "\n".join(
        [
            f"A: {records[0]['run']}",
            f"B: {records[1]['run']}",
            f"{len(labels):,} faces of {splits.display(records[0], split)}, 95 % interval of B - A by paired bootstrap",
            "",
            markdown.table(
                ("metric", "A", "B", "B - A", "95 % interval"), [_line(name, *scores, intervals) for name in SHOWN]
            ),
            "",
            f"McNemar, exact: only A right {test['only_first']:,}, only B right {test['only_second']:,}, "
            f"p = {test['p']:.3g}",
        ]
    )


def joined(first: dict, second: dict, source: str) -> tuple[dict, dict]:
    """Return both predictions in ascending order of row id. Raises UserError when rows or labels differ."""
    first, second = (
        {key: array[np.argsort(found["rows"])] for key, array in found.items()} for found in (first, second)
    )
    if not np.array_equal(first["rows"], second["rows"]):
        common = len(np.intersect1d(first["rows"], second["rows"]))
        raise expected(
            f"the same rows in {source}", f"{len(first['rows'])} and {len(second['rows'])} rows, {common} in common"
        )
    differing = int((first["labels"] != second["labels"]).sum())
    if differing:
        raise expected(f"the same labels in {source}", f"{differing} of {len(first['labels'])} differ")
    return first, second


def _line(name: str, first: dict, second: dict, intervals: dict) -> tuple:
    found = intervals[name]
    edges = " to ".join(markdown.number(name, edge, signed=True) for edge in (found.low, found.high))
    difference = markdown.number(name, second[name] - first[name], signed=True)
    return (
        markdown.metric_name(name),
        markdown.number(name, first[name]),
        markdown.number(name, second[name]),
        difference,
        edges,
    )
