"""What a run directory was asked for, so that a checkpoint is never gone on with for anything else."""

import hashlib
import json
import pathlib

import numpy as np

from fer_keras.config import resolve
from fer_keras.config.recipe import Recipe
from fer_keras.data.faces import Faces
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.runs.source import Source
from fer_keras.train import checkpoint

REQUEST, CHECKPOINT = "request.json", "checkpoint"


def of(recipe: Recipe, source: Source, seed: int, others: dict[str, dict]) -> dict:
    """Return what decides the weights of a run: the recipe as run, the seed, and a digest of all that it learns from.

    `others` describes the phases' own data (`development.described`).
    """
    found = {"as_run": resolve.as_data(recipe), "seed": seed, "data": source.faces.fingerprint}
    found |= {"dropped rows": source.dropped and source.dropped.sha256}
    found |= {"generated faces": source.made.sha256} if source.made else {}
    found |= {f"data of {phase}": other["fingerprint"] for phase, other in others.items()}
    return found | votes(recipe, source.faces)


def votes(recipe: Recipe, faces: Faces) -> dict[str, str]:
    """Return the votes' digest, under its name in the request, where a phase learns from them; {} where none does."""
    used = [phase.data or recipe.data for phase in recipe.phases]
    if faces.votes is None or not any(data.needs_votes or data.dataset == "ferplus" for data in used):
        return {}
    return {"FER+ votes": hashlib.sha256(np.ascontiguousarray(faces.votes)).hexdigest()}


def require_same(folder: pathlib.Path, request: dict) -> None:
    """Note `request` in `folder`. Raises UserError when a run with another one was begun there, or none is noted."""
    path = folder / REQUEST
    wanted = json.loads(json.dumps(request))
    if path.exists():
        begun = files.read_json(path)
        if not isinstance(begun, dict):
            raise expected(f"what was asked for in {path}", "something else", "Choose another --out.")
        differing = [key for key, value in begun.items() if wanted.get(key) != value]
        if differing:
            what = "the same recipe, seed and data as the run begun there"
            raise expected(f"{what} in {folder}", f"another {', '.join(differing)}", "Choose another --out.")
    elif checkpoint.exists(folder / CHECKPOINT):
        why = "It says which recipe, seed and data the checkpoint there is of. Put it back, or choose another --out."
        raise expected(f"{REQUEST} in {folder}", "none", why)
    files.write_json(path, wanted)
