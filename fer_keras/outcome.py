"""After training: open the test rows, predict, and write the record from which every page is generated."""

import dataclasses
import datetime
import pathlib

import numpy as np

from fer_keras import files, resolve
from fer_keras.evaluate import metrics
from fer_keras.recipe import Recipe
from fer_keras.train.phases import Trained, predict

SCHEMA = 1


def write(
    folder: pathlib.Path, printed: Recipe, recipe: Recipe, identity: dict, trained: Trained, divided, source, rows
) -> None:
    """Evaluate `trained` and write predictions_<split>.npz and record.json into the run directory.

    Args:
        printed, recipe: the recipe as printed and as run; their difference becomes the ledger.
        identity: what names the run: run, experiment, paper, profile, seed, init, environment, started.
        divided: the run's Splits. This is where its test rows are opened, after training, and recorded as accessed.
        source: the run's Source. rows: how many training rows the profile kept, or None.
    """
    evaluated = {"select": (divided.select_name, divided.select)}
    for split, sealed in (("test", divided.test), ("private", divided.private)):
        if sealed is not None:
            evaluated[split] = (sealed.name, sealed.open("evaluation of the finished run", finished=True))
    found = {split: _evaluate(trained.model, faces, folder, split) for split, (_, faces) in evaluated.items()}
    counted = {"train": divided.train} | {split: faces for split, (_, faces) in evaluated.items()}
    record = {
        "schema": SCHEMA,
        **identity,
        "recipe": recipe.name,
        "title": recipe.title,
        "printed": resolve.as_data(printed),
        "as_run": resolve.as_data(recipe),
        "ledger": resolve.ledger(printed, recipe) + resolve.rows_ledger(rows),
        "assumed": list(recipe.assumed),
        "changed": list(recipe.changed),
        "reported": [dataclasses.asdict(number) for number in recipe.reported],
        "data": {
            "source": source.faces.source,
            "fingerprint": source.faces.fingerprint,
            "official": not source.demo and not source.differences,
            "synthetic": source.faces.synthetic,
            "unofficial_reasons": list(source.differences),
            "class_names": list(divided.train.class_names),
            "split": recipe.data.split,
            "select_name": divided.select_name,
            "test_name": divided.test.name,
            "counts": {split: _counts(faces) for split, faces in counted.items()},
            "overlap": None,
        },
        "parameters": {"total": trained.model.count_params(), "phases": trained.trainable},
        "history": trained.history,
        "selected": trained.selected,
        "metrics": found,
        "minutes": round(trained.seconds / 60, 2),
        "finished": now(),
        "access": [entry for sealed in (divided.test, divided.private) if sealed for entry in sealed.access],
        "predictions": {split: f"predictions_{split}.npz" for split in found},
    }
    files.write_json(folder / "record.json", record)


def _evaluate(model, faces, folder, split):
    probabilities = predict(model, faces)
    arrays = {
        "rows": faces.rows.astype("int64"),
        "labels": faces.labels.astype("int64"),
        "probabilities": probabilities,
    }
    files.write(folder / f"predictions_{split}.npz", lambda part: np.savez_compressed(part, **arrays))
    return metrics.evaluate(faces.labels, probabilities, faces.class_names)


def _counts(faces):
    return dict(
        zip(faces.class_names, np.bincount(faces.labels, minlength=len(faces.class_names)).tolist(), strict=True)
    )


def now() -> str:
    """Return the present moment as ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
