"""Finished runs as teachers of another: which, whether they may teach it, and what their training took."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_keras.config.datasets import DATASETS
from fer_keras.config.recipe import Recipe
from fer_keras.data import training_history
from fer_keras.data.faces import Faces
from fer_keras.data.splits import Splits
from fer_keras.io.errors import expected
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.record import read_facts, total_minutes


@dataclasses.dataclass(frozen=True)
class Teacher:
    """A finished run with its model.

    Attributes:
        model: its model.keras. sha256: of that file.
        record: its record.json.
        history: how the rows were divided that it learnt from (`training_history.history`).
    """

    model: Path
    sha256: str
    record: dict
    history: list[dict]

    @property
    def minutes(self) -> float:
        """What training it took, its own teachers' training included; a checkpoint that it started from is not."""
        return total_minutes(self.record)


def chosen(printed: Recipe, recipe: Recipe, paths: Sequence[Path], demo: bool) -> tuple[tuple[Teacher, ...], Recipe]:
    """Return the teachers, in the order of their digests, and the recipe as run with the names of their recipes.

    The demo, on drawn faces, goes without teachers where none are given. Raises UserError where they are missing, are
    no finished runs, or one is given twice.
    """
    if not paths and recipe.data.teachers:
        if not demo:
            names = ", ".join(recipe.data.teachers)
            raise expected(f"--teachers RUN..., finished runs of {names}, for {printed.name}", "none")
        return (), dataclasses.replace(recipe, data=recipe.data.untaught())
    teachers = sorted((_read(Path(path)) for path in paths), key=lambda teacher: teacher.sha256)
    if len({teacher.sha256 for teacher in teachers}) < len(teachers):
        raise expected("different teachers", "one model twice")
    if not teachers:
        return (), recipe
    names = tuple(sorted(teacher.record["recipe"] for teacher in teachers))
    return tuple(teachers), dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, teachers=names))


def _read(folder: Path) -> Teacher:
    record, model = read_facts(folder), folder / directory.MODEL
    if not model.is_file():
        raise expected(f"{directory.MODEL} of the teacher {folder}", "no such file", "reports/results have no models.")
    history = training_history.history(record)
    if history is None:
        told = f"one that started from {record['init'].get('file')}, which does not tell"
        raise expected(f"a teacher whose training rows are known for {folder}", told)
    return Teacher(model, content_digest(model), record, history)


def require_fit(teachers: Sequence[Teacher], faces: Faces, splits: Splits) -> list[int]:
    """Return of each teacher how many of the training rows it was trained on.

    Args:
        faces: the source of the run, before it is divided.
        splits: how the run divides it.

    Raises UserError for a teacher of other faces or classes, or one that was trained on, or selected by, test rows.
    """
    return [_trained_on(teacher, faces, splits) for teacher in teachers]


def _trained_on(teacher: Teacher, faces: Faces, splits: Splits) -> int:
    run, data = teacher.record["run"], teacher.record["data"]
    if data["fingerprint"] != faces.fingerprint:
        told = f"{data['source']}, fingerprint {data['fingerprint'][:12]}"
        raise expected(f"the teacher {run} to be trained on {faces.source}, {faces.fingerprint[:12]}", told)
    if tuple(data["class_names"]) != splits.train.class_names:
        wanted = ", ".join(splits.train.class_names)
        raise expected(f"the teacher {run} with the classes {wanted}", ", ".join(data["class_names"]))
    images = DATASETS[teacher.record["as_run"]["data"]["dataset"]].images
    learnt, selecting = training_history.rows_of(teacher.history, images, faces)
    tested = np.union1d(splits.test.rows, splits.private.rows if splits.private else [])
    spoilt = int(np.isin(tested, np.union1d(learnt, selecting)).sum())
    if spoilt:
        why = "Train it under the same division and seed."
        raise expected(f"a teacher that has not seen this run's test rows, {run}", f"one that saw {spoilt:,}", why)
    return int(np.isin(splits.train.rows, learnt).sum())
