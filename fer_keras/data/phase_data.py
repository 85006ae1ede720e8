"""The rows that a recipe's `Data` names: the run's own faces, the same under other labels, or another data set's."""

import dataclasses
import types
from collections.abc import Mapping

import numpy as np

from fer_keras.config.datasets import DATASETS, FER2013
from fer_keras.config.recipe import Data, Recipe
from fer_keras.data import cache, datasets, find, relabel
from fer_keras.data.datasets.dataset import Location
from fer_keras.data.faces import Faces
from fer_keras.data.readers import toy
from fer_keras.data.splits import Splits, divide
from fer_keras.io.errors import expected

Others = Mapping[str, Location]
"""{data set: where it lies}, of those besides the run's own."""

NONE: Others = types.MappingProxyType({})

TEACHING = ("teachers", "teacher_share", "teacher_temperature", "teacher_flip")


def on_dataset(recipe: Recipe, dataset: str) -> Recipe:
    """Return `recipe` on another data set than its own, divided as it says where that set can be, else officially.

    Phases with data of their own keep them. Raises UserError when the recipe needs what the set does not have.
    """
    facts = DATASETS[dataset]
    if dataset == recipe.data.dataset:
        return recipe
    for what, needed in (("soft labels", recipe.data.needs_votes), ("generated faces", bool(recipe.generated))):
        if needed:
            raise expected(f"FER2013 for {recipe.name}, which trains on {what}", facts.title)
    named = {*recipe.class_weights, *recipe.oversample, *recipe.class_augment}
    named |= {name for phase in recipe.phases if not phase.data for name in phase.class_weights or ()}
    named |= {word for number in recipe.reported for word in number.metric.split("/")[1:]}
    if absent := sorted(named - set(facts.class_names)):
        raise expected(f"a data set with the classes {', '.join(absent)} for {recipe.name}", facts.title)
    split = recipe.data.split if recipe.data.split in facts.divisions else facts.divisions[0]
    kept = {name: getattr(recipe.data, name) for name in TEACHING}
    return dataclasses.replace(recipe, data=Data(dataset, split, **kept))


def require(recipe: Recipe, faces: Faces, others: Others = NONE) -> None:
    """Raise UserError when a phase of the recipe asks for rows or votes that are not there. Reads nothing.

    `faces` are those of the recipe's own data set. Drawn faces stand in for any set.
    """
    if faces.synthetic:
        return
    for phase in recipe.phases:
        data = phase.data or recipe.data
        if data.needs_votes and faces.votes is None:
            raise expected("FER+ votes for soft labels", f"none beside {faces.source}", "Put fer2013new.csv beside it.")
        if data.facts.images == recipe.data.facts.images:
            _require_labels(data, faces)
        elif data.facts.images not in others and not data.facts.drawn:
            what = f"{data.facts.title} for phase {phase.name} of {recipe.name}"
            raise expected(what, "none", datasets.get(data.dataset).where_to_get)


def _require_labels(data: Data, faces: Faces) -> None:
    """Raise UserError unless the faces have the labels of `data`, or the votes that they are made from."""
    if faces.class_names == data.facts.class_names:
        return
    if data.facts.images_of and faces.class_names == DATASETS[data.facts.images].class_names:
        relabel.require_votes(faces)
    else:
        raise expected(f"{data.facts.title}'s classes", f"{', '.join(faces.class_names)} in {faces.source}")


def divided(data: Data, faces: Faces, seed: int, main: str = FER2013.name, others: Others = NONE) -> Splits:
    """Return the rows of `data`, divided as it says.

    Args:
        faces: those of the run's own data set, called `main`; drawn ones stand in for any set.
        others: where the data sets of other phases lie.
    """
    dataset = datasets.get(data.dataset)
    if faces.synthetic:
        return divide(_stand_in(data, faces), data.split, seed)
    if dataset.facts.images == DATASETS[main].images:
        return dataset.divide(faces, data.split, seed)
    location = others.get(dataset.facts.images) or find.locate(dataset=data.dataset)
    print(f"Reading {location.path}: every image is decoded the first time, and kept in {cache.default_dir()}.")
    return dataset.divide(find.load(location), data.split, seed, tested=False)


def _stand_in(data: Data, faces: Faces) -> Faces:
    """Return drawn faces as if they were of the data set, for the demo."""
    if data.needs_votes:
        faces = toy.with_votes(faces)
    if (faces.class_names, faces.images.shape[3]) == (data.facts.class_names, data.facts.channels):
        return faces
    return relabel.drawn(faces, data.facts.class_names, data.facts.channels)


def described(recipe: Recipe, rows_of) -> dict[str, dict]:
    """Return, for each phase on other data than the recipe's, what its training rows were, for the record.

    `rows_of` gives the Splits of a Data.
    """
    phases = [phase for phase in recipe.phases if phase.data is not None]
    return {phase.name: _description(rows_of(phase.data).train) for phase in phases}


def _description(faces: Faces) -> dict:
    rows = np.bincount(faces.labels, minlength=len(faces.class_names)).tolist()
    counts = dict(zip(faces.class_names, rows, strict=True))
    return {"source": faces.source, "fingerprint": faces.fingerprint, "rows": len(faces), "counts": counts}
