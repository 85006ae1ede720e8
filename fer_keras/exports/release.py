"""The files that are installed with the package, made from a run."""

import dataclasses
import hashlib
import pathlib
import tempfile

import numpy as np

import fer_keras
from fer_keras import pretrained
from fer_keras.data.faces import Faces
from fer_keras.exports.write import export
from fer_keras.inference import litert
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.runs import predictions
from fer_keras.runs.directory import MODEL
from fer_keras.runs.record import read_record, total_minutes

SCHEMA, QUANTIZE = 1, "float16"
MOST_DIFFERENCE = 0.001
"""Of the accuracy of the file from that of the run."""


def release(run: pathlib.Path, out: pathlib.Path = pretrained.FOLDER, data: Faces | None = None) -> dict:
    """Write model.tflite, in float16, and record.json into `out` from the finished run directory `run`; return the record.

    Args:
        data: the faces of the run. Their Training images prove the file, and the accuracy of the file itself is computed
            anew on the run's test images; None proves on drawn faces and computes nothing.

    Raises UserError for a run without a model or record, and for a file that is not equal to it, in accuracy within
    MOST_DIFFERENCE; then nothing is written.
    """
    record = read_record(run)
    metrics = record["metrics"]
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder, pretrained.MODEL)
        (exported,) = export(run / MODEL, ("litert",), QUANTIZE, made, data=data)
        network = litert.open_file(made)
        again = None if data is None else _recomputed(network, run, record, data)
        content = made.read_bytes()
    facts = {
        "schema": SCHEMA,
        "version": fer_keras.__version__,
        "file": {"name": pretrained.MODEL, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()},
        "quantize": QUANTIZE,
        "proof": dataclasses.asdict(exported.proof),
        "contract": network.contract.as_json(),
        **{name: record[name] for name in ("run", "experiment", "recipe", "title", "seed", "profile", "data", "init")},
        "teachers": _teachers(record),
        "device": record["environment"]["device"],
        "minutes": total_minutes(record),
        "parameters": record["parameters"]["total"],
        "metrics": metrics,
        "recomputed": again,
    }
    files.write(out / pretrained.MODEL, lambda part: part.write_bytes(content))
    files.write_json(out / pretrained.RECORD, facts)
    return facts


def _teachers(record: dict) -> dict | None:
    """Return {"runs", "share", "view"} of the networks that taught the run, or None."""
    if "teachers" not in record:
        return None
    data = record["as_run"]["data"]
    runs = [{key: teacher[key] for key in ("run", "recipe", "seed")} for teacher in record["teachers"]["runs"]]
    return {"runs": runs, "share": data["teacher_share"], "view": data["teacher_view"]}


def _recomputed(network, run, record, data: Faces) -> dict:
    """Return {split, rows, accuracy} of the file on the run's test images. Raises UserError for another than recorded."""
    test = predictions.read(run, record)["test"]
    order = np.argsort(data.rows)
    places = order[np.clip(np.searchsorted(data.rows, test["rows"], sorter=order), 0, len(order) - 1)]
    if not np.array_equal(data.rows[places], test["rows"]) or not np.array_equal(data.labels[places], test["labels"]):
        raise expected(f"the faces of {record['run']} in --data", f"others, in {data.source or 'the faces given'}")
    accuracy = float((network(data.images[places]).argmax(1) == test["labels"]).mean())
    recorded = record["metrics"]["test"]["accuracy"]
    if abs(accuracy - recorded) > MOST_DIFFERENCE:
        what = f"an accuracy of the file within {MOST_DIFFERENCE:.1%} of the run's {recorded:.4f}"
        raise expected(what, f"{accuracy:.4f}", "Nothing is written.")
    return {"split": record["data"]["test_name"], "rows": len(places), "accuracy": round(accuracy, 6)}
