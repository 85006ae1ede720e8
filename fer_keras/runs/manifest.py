"""manifest.json: the request that a run directory is for, so that what is there never answers another one.

A run that was begun, or is finished, is for its request alone. One that failed before anything was trained left nothing
that another request could be taken for, and makes room.
"""

import hashlib
import json
import pathlib

import numpy as np

from fer_keras.config import resolve
from fer_keras.config.options import PRECISIONS
from fer_keras.config.recipe import STARTS, Recipe
from fer_keras.data.faces import Faces
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.source import Source

PRECISION = "precision"
SHOWN = 6
"""Differences that an error names; the rest it counts."""


def of(recipe: Recipe, source: Source, seed: int, phase_data: dict[str, dict], policy: str) -> dict:
    """Return what decides the weights of a run: the recipe as run, seed, precision, and digests of all that it learns from.

    Initial weights count by their content, whatever the file is called. Devices do not count.

    Args:
        phase_data: describes the phases' data where they are not the recipe's (`phase_data.described`).
        policy: Keras's dtype policy.
    """
    as_run, crop = resolve.as_data(recipe), source.crop
    request = {"as_run": as_run, "seed": seed, PRECISION: policy, "data": source.faces.fingerprint}
    if recipe.init not in STARTS:
        as_run["init"] = "checkpoint"
        request["initial weights"] = content_digest(pathlib.Path(recipe.init))
    request["dropped images"] = source.dropped and source.dropped.sha256
    request["crop"] = crop and {"detector": crop["detector"], "margin": crop["margin"]}
    request["generated faces"] = source.made and source.made.sha256
    request["teachers"] = [teacher.sha256 for teacher in source.teachers] or None
    request |= {f"data of {phase}": data["fingerprint"] for phase, data in phase_data.items()}
    request |= votes(recipe, source.faces)
    return json.loads(json.dumps({key: value for key, value in request.items() if value is not None}))


def votes(recipe: Recipe, faces: Faces) -> dict[str, str]:
    """Return the votes' digest, under its name in the request, where a phase learns from them; {} where none does."""
    used = [phase.data or recipe.data for phase in recipe.phases]
    if faces.votes is None or not any(data.needs_votes or data.facts.images_of for data in used):
        return {}
    return {"FER+ votes": hashlib.sha256(np.ascontiguousarray(faces.votes)).hexdigest()}


def read(folder: pathlib.Path) -> dict | None:
    """Return the request of the run that was begun or finished in `folder`, None where nothing was trained there.

    Raises UserError when it is missing or no request.
    """
    if not directory.is_begun(folder):
        return None
    path = folder / directory.MANIFEST
    path = path if path.exists() else folder / directory.OLD_MANIFEST
    if not path.exists():
        why = "It says which recipe, seed and data the run there is of. Put it back, or choose another --out."
        raise expected(f"{directory.MANIFEST} in {folder}", "none", why)
    begun = files.read_json(path)
    if not isinstance(begun, dict) or not isinstance(begun.get("as_run"), dict):
        raise expected(f"what was requested in {path}", "something else", "Choose another --out.")
    return begun


def precision(folder: pathlib.Path) -> str | None:
    """Return the dtype policy of the run that was begun or finished in `folder`, None where nothing says it.

    Raises UserError as `read`, and for a policy that is none of PRECISIONS.
    """
    policy = (read(folder) or {}).get(PRECISION)
    if policy not in (None, *PRECISIONS):
        raise expected(f"the precision, {' or '.join(PRECISIONS)}, in {folder / directory.MANIFEST}", policy)
    return policy


def require_same(folder: pathlib.Path, request: dict) -> None:
    """Note `request` (`of`) in `folder`. Raises UserError, naming what differs, when the run there is of another one."""
    begun = read(folder)
    differing = differences(_completed(begun, request), request) if begun else []
    if differing:
        finished = "finished" if directory.is_finished(folder) else "begun"
        more = f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
        what = f"the request that the run in {folder} was {finished} with"
        raise expected(what, f"another: {', '.join(differing[:SHOWN])}{more}", "Choose another --out.")
    if begun != request or not (folder / directory.MANIFEST).exists():
        files.write_json(folder / directory.MANIFEST, request)
    (folder / directory.OLD_MANIFEST).unlink(missing_ok=True)


def differences(begun: dict, request: dict) -> list[str]:
    """Return a few words for each thing in which two requests differ: "data.split official instead of carved".

    Titles and notes of the recipe decide nothing, and are no difference.
    """
    words = []
    for key in dict.fromkeys((*begun, *request)):
        before, now = begun.get(key), request.get(key)
        if key != "as_run" and before != now:
            words.append(f"{key} {now} instead of {before}" if key in ("seed", PRECISION) else f"other {key}")
    before, now = (resolve.completed(resolve.without_words(side["as_run"])) for side in (begun, request))
    return words + _recipe_differences(before, now)


def _recipe_differences(begun: dict, request: dict) -> list[str]:
    changes = resolve.differences(begun, request)
    if begun != request and not changes:
        return ["phases in another order"]
    return [f"{change['field']} {_shown(change['run'])} instead of {_shown(change['published'])}" for change in changes]


def _shown(value) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _completed(begun: dict, request: dict) -> dict:
    """Return `begun` with what an earlier version did not note, taken from `request`, and what it called otherwise."""
    if PRECISION in begun:
        return begun
    noted = {"dropped images": begun.get("dropped rows")} | {k: v for k, v in begun.items() if k != "dropped rows"}
    unnoted = {key: request.get(key) for key in (PRECISION, "crop", "initial weights")}
    as_run = _with_limits(begun["as_run"], request["as_run"])
    if "initial weights" in request and as_run.get("init") not in STARTS:
        as_run["init"] = request["as_run"]["init"]
    return unnoted | noted | {"as_run": as_run}


def _with_limits(begun, request):
    """Return recipe data in which every `Data` that does not say how many images train has it from `request`."""
    if isinstance(begun, dict) and isinstance(request, dict):
        limit = {"max_train_rows": request["max_train_rows"]} if "max_train_rows" in request else {}
        return limit | {key: _with_limits(value, request.get(key)) for key, value in begun.items()}
    if isinstance(begun, list) and isinstance(request, list) and len(begun) == len(request):
        return [_with_limits(*pair) for pair in zip(begun, request, strict=True)]
    return begun
