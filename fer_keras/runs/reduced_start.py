"""A network with convolutions of low rank starts from that of its teachers in which the same convolutions are whole."""

from collections.abc import Sequence

import keras
import numpy as np

from fer_keras.config.recipe import Recipe
from fer_keras.io.errors import expected
from fer_keras.models import saved
from fer_keras.models.weights import low_rank
from fer_keras.models.weights.initial import record
from fer_keras.runs.teacher import Teacher

RANKS = "ranks"


def begin(model: keras.Model, recipe: Recipe, teachers: Sequence[Teacher], images: np.ndarray) -> dict:
    """Give `model` the weights of its whole twin among `teachers` (`low_rank.fill`); return the record's "init".

    Args:
        recipe: as run, of `model`. images: uint8 (N, H, W, C), what it trains on.

    Raises UserError where `whole` does.
    """
    path = whole(recipe, teachers).model
    low_rank.fill(model, saved.load(path), images)
    return record("teacher", path)


def whole(recipe: Recipe, teachers: Sequence[Teacher]) -> Teacher:
    """Return the teacher whose network is the recipe's with whole convolutions. Raises UserError unless it is one alone."""
    found = [teacher for teacher in teachers if _is_whole(teacher.record["as_run"], recipe)]
    if len(found) != 1:
        names = ", ".join(sorted(teacher.record["run"] for teacher in (found or teachers))) or "none"
        raise expected(f"one teacher with the whole convolutions of {recipe.name} for --init teacher", names)
    return found[0]


def _is_whole(as_run: dict, recipe: Recipe) -> bool:
    """Return whether a run has the recipe's network, but for the ranks, of which it has none while the recipe has some."""
    known, wanted = ({k: _plain(v) for k, v in args.items()} for args in (as_run["model_args"], recipe.model_args))
    ranks = wanted.pop(RANKS, None)
    return as_run["model"] == recipe.model and bool(ranks) and not known.pop(RANKS, None) and known == wanted


def _plain(value):
    return list(value) if isinstance(value, tuple) else value
