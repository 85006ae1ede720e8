"""The rows that a recipe's `Data` names: FER2013 as it was found, the same in FER+'s eight classes, or AffectNet."""

from pathlib import Path

import numpy as np

from fer_keras.config.labels import AFFECTNET_CLASSES, FERPLUS_CLASSES, PUBLIC, TEST, TRAIN
from fer_keras.config.recipe import Data, Recipe
from fer_keras.data import cache, eight
from fer_keras.data.faces import Faces
from fer_keras.data.readers import affectnet, toy
from fer_keras.data.splits import Sealed, Splits, divide
from fer_keras.io.errors import expected

WITHOUT_AFFECTNET = (
    "Give --affectnet PATH or set $AFFECTNET (kaggle.com/datasets/dollyprajapati182/balanced-affectnet, or the release "
    "of its authors), or use FER+ in its place: python -m experiments.resnet34_cbam --only resnet34_cbam_ferplus."
)


def require(recipe: Recipe, faces: Faces, folder: Path | None) -> None:
    """Raise UserError when a phase of the recipe asks for rows or votes that are not there. Reads nothing.

    `folder` is AffectNet's, None without one. Drawn faces stand in for any set.
    """
    for phase in recipe.phases:
        data = phase.data or recipe.data
        if data.needs_votes and faces.votes is None and not faces.synthetic:
            raise expected("FER+ votes for soft labels", f"none beside {faces.source}", "Put fer2013new.csv beside it.")
        if data.dataset == "affectnet" and folder is None and not faces.synthetic:
            raise expected(f"AffectNet for phase {phase.name} of {recipe.name}", "none", WITHOUT_AFFECTNET)
        if data.dataset == "ferplus" and not faces.synthetic:
            eight.require_votes(faces)


def divided(data: Data, faces: Faces, folder: Path | None, seed: int) -> Splits:
    """Return the rows of `data`, divided as it says.

    AffectNet has its own division, whatever `data.split`: it is trained on train/ and selected on val/; test/, which
    the official release lacks, stays sealed.
    """
    if data.needs_votes and faces.synthetic:
        faces = toy.with_votes(faces)
    if data.dataset == "affectnet" and folder is not None:
        return _of_affectnet(folder)
    if data.dataset == "affectnet":
        return divide(eight.drawn(faces, AFFECTNET_CLASSES, channels=3), data.split, seed)
    if data.dataset == "ferplus" and faces.synthetic:
        return divide(eight.drawn(faces, FERPLUS_CLASSES, channels=1), data.split, seed)
    if data.dataset == "ferplus":
        return eight.relabelled(divide(faces, data.split, seed))
    return divide(faces, data.split, seed)


def _of_affectnet(folder: Path) -> Splits:
    print(f"Reading {folder}: every image is decoded the first time, and kept in {cache.default_dir()}.")
    faces = cache.cached(folder, affectnet.read)
    train, select, test = (_part(faces, split) for split in (TRAIN, PUBLIC, TEST))
    return Splits(train, select, "AffectNet's validation", Sealed("AffectNet's test", test))


def _part(faces: Faces, split: str) -> Faces:
    """Return the split's rows, which stand together, as a view: half a gigabyte is not copied."""
    at = np.flatnonzero(faces.split == split)
    return faces.take(slice(at[0], at[-1] + 1) if len(at) else slice(0))


def described(recipe: Recipe, rows_of) -> dict[str, dict]:
    """Return, for each phase on other data than the recipe's, what its training rows were, for the record.

    `rows_of` gives the Splits of a Data.
    """
    phases = [phase for phase in recipe.phases if phase.data is not None]
    return {phase.name: _description(rows_of(phase.data).train) for phase in phases}


def _description(faces: Faces) -> dict:
    return {"source": faces.source, "fingerprint": faces.fingerprint, "rows": len(faces)}
