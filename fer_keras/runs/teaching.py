"""The teachers of a run are asked once, and what they say is kept in its directory: teachers.npz, and in its record."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_keras.config.recipe import Data, Recipe
from fer_keras.data import teachers
from fer_keras.data.faces import Faces
from fer_keras.data.splits import Splits
from fer_keras.data.teachers import Told
from fer_keras.io.errors import UserError, expected
from fer_keras.models import saved
from fer_keras.models.fast_layers import in_float32
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.source import Source
from fer_keras.runs.teacher import Teacher, require_fit
from fer_keras.training import processes
from fer_keras.training.evaluation import predict

SplitsOf = Callable[[Data], Splits]


def taught(source: Source, recipe: Recipe, splits_of: SplitsOf, folder: Path | None) -> tuple[SplitsOf, dict]:
    """Return `splits_of` with what the teachers say of the rows that the recipe trains on, and the record's "teachers".

    They are asked where `folder` has no teachers.npz, and not again when the run is resumed. Without teachers nothing
    changes, and the record has none ({}).

    Args:
        folder: the run directory, None in a process that writes nothing and takes process 0's answers.

    Raises UserError for teachers that may not teach this run (`require_fit`), or a teachers.npz of others.
    """
    if not source.teachers:
        return splits_of, {}
    splits = splits_of(recipe.data)
    trained_on = require_fit(source.teachers, source.faces, splits)
    rows = {"train": splits.train, "select": splits.select}
    told, about = _told(source.teachers, rows, recipe.data.teacher_flip, folder)
    shared = processes.broadcast({part: one.probabilities for part, one in told.items()})
    told = {part: Told(one.rows, np.asarray(shared[part])) for part, one in told.items()}
    described = _described(source.teachers, trained_on, rows, told)
    if folder is not None:
        path = folder / directory.TEACHERS
        described |= {"file": path.name, "sha256": content_digest(path), "minutes": about["minutes"]}

    if recipe.data.teacher_view == "augmented":  # the record alone wants these answers: `lessons` asks at every step
        return splits_of, {"teachers": described}
    train = teachers.joined(splits.train, told["train"])

    def with_teachers(data: Data) -> Splits:
        return dataclasses.replace(splits, train=train) if data == recipe.data else splits_of(data)

    return with_teachers, {"teachers": described}


def _told(asked, rows: dict[str, Faces], flip: bool, folder: Path | None) -> tuple[dict[str, Told], dict]:
    """Return what the teachers say of the rows as the file in `folder` has it, which is written where it is missing."""
    if folder is None:
        shape = (len(asked), len(rows["train"].class_names))
        return {part: _nothing(faces, *shape) for part, faces in rows.items()}, {}
    path, about = folder / directory.TEACHERS, {"teachers": [teacher.sha256 for teacher in asked], "flip": flip}
    try:
        return teachers.read(path, rows, about)
    except UserError:
        if directory.is_begun(folder):  # trained on answers that may never be had again to the last bit
            raise
    _ask(asked, rows, path, about)
    return teachers.read(path, rows, about)


def _ask(asked: tuple[Teacher, ...], rows: dict[str, Faces], path: Path, about: dict) -> None:
    began = time.perf_counter()
    answers = [_answers(teacher, rows, about["flip"]) for teacher in asked]
    told = {part: Told(faces.rows, np.stack([answer[part] for answer in answers])) for part, faces in rows.items()}
    minutes = round((time.perf_counter() - began) / 60, 2)
    teachers.save(path, told, about | {"minutes": minutes})


def _answers(teacher: Teacher, rows: dict[str, Faces], flip: bool) -> dict[str, np.ndarray]:
    """Return {part: float16 [N, K]} of one teacher, computed in float32.

    Raises UserError when its model takes other faces or gives other classes than these.
    """
    run, faces = teacher.record["run"], rows["train"]
    print(f"Asking the teacher {run}: {sum(map(len, rows.values())):,} faces{', each mirrored too' if flip else ''}.")
    model = in_float32(saved.load(teacher.model))
    if model.input_shape[1:] != faces.images.shape[1:]:
        told = "x".join(map(str, model.input_shape[1:]))
        raise expected(f"a teacher of faces {'x'.join(map(str, faces.images.shape[1:]))}, {run}", told)
    names = saved.class_names(teacher.model, model)
    if names != faces.class_names:
        raise expected(f"the teacher {run} with the classes {', '.join(faces.class_names)}", ", ".join(names))
    return {part: _mean(model, one, flip).astype(np.float16) for part, one in rows.items()}


def _mean(model, faces: Faces, flip: bool) -> np.ndarray:
    views = [faces]
    if flip:
        views.append(dataclasses.replace(faces, images=np.ascontiguousarray(faces.images[:, :, ::-1])))
    return np.mean([predict(model, view) for view in views], axis=0, dtype=np.float64)


def _nothing(faces: Faces, number: int, classes: int) -> Told:
    return Told(faces.rows, np.zeros((number, len(faces), classes), np.float16))


def _described(asked, trained_on: list[int], rows: dict[str, Faces], told: dict[str, Told]) -> dict:
    """Return the record's "teachers": each run with what its answers are worth on both parts, and their mean."""
    runs = [
        {
            **{key: teacher.record[key] for key in ("run", "recipe", "seed")},
            "sha256": teacher.sha256,
            "minutes": teacher.minutes,
            "history": teacher.history,
            "trained_on": seen,
            **{part: teachers.measured(rows[part].labels, one.probabilities[index]) for part, one in told.items()},
        }
        for index, (teacher, seen) in enumerate(zip(asked, trained_on, strict=True))
    ]
    return {
        "runs": runs,
        "mean": {part: teachers.measured(rows[part].labels, one.mean) for part, one in told.items()},
    }
