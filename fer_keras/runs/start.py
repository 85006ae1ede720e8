"""Where the network of a run starts: chance, weights that others made, a checkpoint, or one of its teachers."""

from collections.abc import Callable, Sequence

import keras

from fer_keras.config.data import Data
from fer_keras.config.recipe import Recipe
from fer_keras.data import training_history
from fer_keras.data.splits import Splits
from fer_keras.io.errors import expected
from fer_keras.models import saved
from fer_keras.models.fast_layers import in_float32
from fer_keras.models.weights import low_rank
from fer_keras.models.weights.calibration import calibrate_within
from fer_keras.models.weights.initial import load_backbone, record
from fer_keras.runs.source import Source
from fer_keras.runs.teacher import Teacher

TEACHER, RANKS = "teacher", "ranks"


def begin(model: keras.Model, recipe: Recipe, source: Source, splits_of: Callable[[Data], Splits]) -> dict:
    """Give `model` the weights that the recipe, as run, starts from; return the record's "init".

    Raises UserError where `load_backbone` does, and for a teacher where `whole` does.
    """
    images = splits_of(recipe.phases[0].data or recipe.data).train.images
    if recipe.init == TEACHER:
        path = whole(recipe, source.teachers).model
        low_rank.fill(model, in_float32(saved.load(path)), images)
        return record(TEACHER, path)
    start = load_backbone(model, recipe.init)
    if start["kind"] == "faces":
        calibrate_within(model, images)
    return start


def require(recipe: Recipe, teachers: Sequence[Teacher]) -> None:
    """Raise UserError where the recipe, as run, starts from a teacher that is not there."""
    if recipe.init == TEACHER:
        whole(recipe, teachers)


def note(recipe: Recipe, source: Source, splits: Splits) -> str:
    """Return what the record says of the run's rows that its start has seen, "" where there is nothing to say.

    Raises UserError for a checkpoint that saw test rows; teachers are checked for that before they are asked (`teaching`).
    """
    if recipe.init == TEACHER:
        seen = whole(recipe, source.teachers).history
        return training_history.note(seen, recipe.data.facts.images, source.faces, splits)
    return training_history.require_unseen(recipe.init, source.faces, splits)


def whole(recipe: Recipe, teachers: Sequence[Teacher]) -> Teacher:
    """Return the teacher whose network is the recipe's without ranks; of several, that of the lowest seed.

    Raises UserError where there is none, or two of that seed.
    """
    if not any(recipe.model_args.get(RANKS, ())):
        raise expected(
            "a recipe with convolutions of low rank for --init teacher", recipe.name, "compact_reduced is one."
        )
    found = [teacher for teacher in teachers if _is_whole(teacher.record["as_run"], recipe)]
    lowest = min((teacher.record["seed"] for teacher in found), default=None)
    found = [teacher for teacher in found if teacher.record["seed"] == lowest]
    if len(found) != 1:
        names = ", ".join(sorted(teacher.record["run"] for teacher in (found or teachers))) or "none"
        raise expected(
            f"one teacher of the lowest seed whose network is that of {recipe.name} without ranks, for --init teacher",
            names,
            "Or give --init scratch.",
        )
    return found[0]


def _is_whole(as_run: dict, recipe: Recipe) -> bool:
    known, wanted = ({k: _plain(v) for k, v in args.items()} for args in (as_run["model_args"], recipe.model_args))
    wanted.pop(RANKS)
    return as_run["model"] == recipe.model and not any(known.pop(RANKS, ())) and known == wanted


def _plain(value):
    return list(value) if isinstance(value, tuple) else value
