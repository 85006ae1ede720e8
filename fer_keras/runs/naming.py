"""What a run is called, and its directory by default: two requests never have one name."""

import hashlib
import json
import pathlib

from fer_keras.config import protocols, resolve
from fer_keras.config.options import DEMO, Options
from fer_keras.config.recipe import STARTS, Recipe
from fer_keras.runs.content import content_digest
from fer_keras.runs.source import Source

DIGITS = 6


def run_name(printed: Recipe, recipe: Recipe, profile: str, source: Source, options: Options) -> str:
    """Return "hybrid_resnet50-cpu-seed0", with a short digest at the end where `options` change the profile."""
    changes = overrides(printed, profile, source, options)
    if recipe.data.dataset != printed.data.dataset:
        changes["data set"] = recipe.data.dataset
    content = json.dumps(changes, sort_keys=True).encode()
    digest = hashlib.sha256(content).hexdigest()[:DIGITS] if changes else ""
    return protocols.run_name(printed.name, _shown(printed, profile, source), options.protocol, options.seed, digest)


def _shown(printed: Recipe, profile: str, source: Source) -> str:
    """Return "demo" on drawn faces; "demo-cpu" under another profile than theirs."""
    if not source.demo:
        return profile
    return DEMO if profile == resolve.demo_profile(printed.profiles) else f"{DEMO}-{profile}"


def overrides(printed: Recipe, profile: str, source: Source, options: Options) -> dict:
    """Return what `options` change of the recipe under its profile, {} for nothing; files count by their content.

    Faces that are not FER2013 as published are a change, too; a flag that repeats what the profile says is none.
    """
    plain, sized = (resolve.as_run(printed, profile, **sizes) for sizes in ({}, options.sizes))
    changes = {entry["field"]: entry["run"] for entry in resolve.deviations(plain, sized)}
    if options.soft_labels and not printed.data.soft_labels:
        changes["soft labels"] = True
    if options.init not in (None, "scratch" if source.demo else printed.init):
        changes["init"] = _start(options.init)
    if options.precision:
        changes["precision"] = options.precision
    if source.dropped:
        changes["drop"] = source.dropped.sha256
    if source.crop:
        changes["crop"] = [source.crop["detector"], source.crop["margin"]]
    if source.teachers:
        changes["teachers"] = [teacher.sha256 for teacher in source.teachers]
    if source.made and options.generated:
        changes["generated"] = source.made.sha256
    if source.differences:
        changes["data"] = source.faces.fingerprint
    return changes


def _start(init: str) -> str:
    return init if init in STARTS else content_digest(pathlib.Path(init))
