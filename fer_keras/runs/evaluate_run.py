"""After training: open the test rows, predict, and write the record from which every page is generated."""

import dataclasses
import datetime
import pathlib

import numpy as np

from fer_keras.config import resolve
from fer_keras.config.recipe import Recipe
from fer_keras.data.contamination import contamination, warning_line
from fer_keras.data.faces import Faces
from fer_keras.data.generated import counted, real
from fer_keras.data.splits import Sealed, Splits
from fer_keras.evaluation import ten_crop, views
from fer_keras.io import files
from fer_keras.runs import metrics_file, predictions, schema
from fer_keras.runs.directory import PREDICTIONS, RECORD
from fer_keras.training import processor_time
from fer_keras.training.evaluation import predict
from fer_keras.training.phases import Trained


def write(folder: pathlib.Path, printed: Recipe, recipe: Recipe, identity: dict, trained: Trained, source) -> Faces:
    """Evaluate `trained` and write predictions.npz, record.json and metrics.json into the run directory.

    This is where the run's test rows are opened, after training, and recorded as accessed.

    Args:
        printed, recipe: the recipe as printed and as run; their difference becomes the deviations.
        identity: what names the run: run, experiment, paper, profile, seed, init, environment, started.
        source: where the rows came from, with `splits` (the run's Splits), `faces`, `demo`, `differences`.

    Returns the test faces, for the report's figures.
    """
    divided: Splits = source.splits
    sealed = {"test": divided.test, "private": divided.private}
    opened = {split: _open(one) for split, one in sealed.items() if one is not None}
    seen = divided.eligible or divided.train
    copies = {split: contamination(seen, one) for split, one in opened.items()}
    for split, found in copies.items():
        if warning := warning_line(found, len(opened[split]), sealed[split].name):
            print(warning)
    predicted = {"select": views.predictions(divided.select, predict(trained.model, divided.select))}
    scores = _scores(trained.model, opened["test"])
    for split, one in opened.items():
        predicted |= _views(split, one, copies[split], _of_rows(scores, opened["test"], one))
    digest = predictions.save(folder / PREDICTIONS, predicted)
    profile = resolve.demo_profile(printed.profiles) if source.demo else identity["profile"]
    scaling = resolve.scaling(printed, profile, recipe.batch_size)
    record = {
        "schema": schema.VERSION,
        **identity,
        "recipe": recipe.name,
        "title": recipe.title,
        "published": resolve.as_data(printed),
        "as_run": resolve.as_data(recipe),
        "deviations": resolve.deviations(printed, recipe) + _data_deviations(source) + scaling,
        "assumed": list(recipe.assumed),
        "changed": list(recipe.changed),
        "reported": [dataclasses.asdict(number) for number in recipe.reported],
        "data": _data(source, recipe, {"train": real(divided.train), "select": divided.select, **opened}, copies),
        "parameters": {"total": trained.model.count_params(), "phases": trained.trainable},
        "history": trained.history,
        "selected": trained.selected,
        "minutes": round(trained.seconds / 60, 2),
        "cpu_minutes": _cpu_minutes(trained),
        "finished": now(),
        "access": [entry for one in sealed.values() if one is not None for entry in one.access],
        "predictions": {"file": PREDICTIONS, "sha256": digest, "splits": list(predicted)},
    }
    files.write_json(folder / RECORD, record)
    metrics_file.rebuild(folder, record)
    return opened["test"]


def _cpu_minutes(trained: Trained) -> float | None:
    """Return the processor time of the run so far: reading, training, evaluation, in this process and those before it."""
    before = trained.cpu_seconds_before
    return None if before is None else round((before + processor_time.used()) / 60, 2)


def _open(sealed: Sealed) -> Faces:
    return sealed.open("evaluation of the finished run", finished=True)


def _scores(model, faces) -> dict[str, np.ndarray]:
    """Return the probabilities of the rows as they are (whole), and their means over the views of each kind of TTA.

    Ten crops cost ten predictions: drawn faces, on which no score means anything, go without.
    """
    whole = predict(model, faces)
    found = {"whole": whole, "flip": _mean([whole, _of_view(model, faces, faces.images[:, :, ::-1])])}
    if not faces.synthetic:
        crops = ten_crop.views(faces.images, ten_crop.centre_kept(model))
        found["ten_crop"] = _mean([_of_view(model, faces, view) for view in crops])
    return found


def _of_view(model, faces, images):
    return predict(model, dataclasses.replace(faces, images=np.ascontiguousarray(images)))


def _mean(probabilities):
    return np.mean(probabilities, axis=0, dtype=np.float64).astype(np.float32)


def _of_rows(scores, scored: Faces, wanted: Faces) -> dict[str, np.ndarray]:
    """Return `scores` of the faces `scored`, cut to the rows `wanted`, all of which they hold."""
    place = {row: index for index, row in enumerate(scored.rows)}
    chosen = [place[row] for row in wanted.rows]
    return {kind: probabilities[chosen] for kind, probabilities in scores.items()}


def _views(split, faces, copies, scores):
    """Return {split name: predictions} of the rows as they are, clean, against FER+'s labels, and with TTA."""
    kinds = {kind: views.predictions(faces, probabilities) for kind, probabilities in scores.items()}
    whole = kinds.pop("whole")
    variants = views.clean(whole, copies) | views.against_ferplus(faces, whole) | kinds
    return {split: whole} | {f"{split}_{name}": variant for name, variant in variants.items()}


def _data_deviations(source):
    dropped = len(source.dropped.drops) if source.dropped else 0
    return resolve.data_deviations(dropped, cropped=source.crop is not None)


def _data(source, recipe, faces, copies):
    divided = source.splits
    return {
        "source": source.faces.source,
        "fingerprint": source.faces.fingerprint,
        "official": not source.demo and not source.differences,
        "synthetic": source.faces.synthetic,
        "unofficial_reasons": list(source.differences),
        "class_names": list(divided.train.class_names),
        "split": recipe.data.split,
        "dropped": source.dropped and source.dropped.described(),
        "crop": source.crop,
        "generated": source.made and {**source.made.described(), "counts": counted(divided.train)},
        "select_name": divided.select_name,
        "test_name": divided.test.name,
        "counts": {split: _counts(one) for split, one in faces.items()},
        "overlap": {f"{split}_{kind}": len(rows) for split, found in copies.items() for kind, rows in found.items()},
    }


def _counts(faces):
    return dict(
        zip(faces.class_names, np.bincount(faces.labels, minlength=len(faces.class_names)).tolist(), strict=True)
    )


def now() -> str:
    """Return the present moment as ISO 8601, UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
