"""Where a backbone starts: ImageNet, faces, a checkpoint, or chance."""

import hashlib
import pathlib

import keras
import numpy as np

from fer_keras.config.recipe import STARTS
from fer_keras.io import files
from fer_keras.io.errors import UserError, expected
from fer_keras.models.backbones import family, recognise
from fer_keras.models.weights import named, starting_points
from fer_keras.models.weights.starting_points import FAMILY, WEIGHTS_H5, StartingPoint

BACKBONE, ADAPTER = "backbone", "adapter"
"""The nested layers that carry over from one model to another."""


def load_backbone(model: keras.Model, init: str) -> dict:
    """Put the starting weights `init` into the layers "backbone" and, where both sides have one, "adapter" of `model`.

    Args:
        init: "scratch" (nothing is done), "imagenet" or "faces" (whichever the backbone has, `Backbone.start`), or the
            path of a checkpoint: a .keras model whose nested "backbone" (or which itself) is of the same kind, an .npz
            of `save_backbone`, a .weights.h5 of the backbone alone, or a file of the kind that its ImageNet weights,
            or those in their place, come in (`ImageNet.suffix`).

    Returns {"kind": "scratch" | "imagenet" | "faces" | "checkpoint", "file": ..., "sha256": ...} for the record
    ("scratch" has only its kind). Raises UserError, having changed nothing, when the weights cannot be had or do not fit.
    """
    if init == "scratch":
        return {"kind": "scratch"}
    backbone = _nested(model, BACKBONE)
    if backbone is None:
        raise expected(f"--init scratch for {model.name}, which has no backbone", init)
    if init in STARTS:
        return record(init, _pretrained(backbone, init))
    path = pathlib.Path(init)
    if not path.is_file():
        raise expected(f"--init {', '.join(STARTS)}, or the path of a checkpoint", repr(init), "There is no such file.")
    _load(model, backbone, path)
    return record("checkpoint", path)


def save_backbone(model: keras.Model, path: pathlib.Path) -> None:
    """Write the weights of "backbone", and of "adapter" if there is one, to the .npz at `path`, atomically.

    Keys are "backbone/conv1_conv/kernel" and so on, and "family", the backbone's name; `load_backbone` reads it.
    Raises ValueError for a model without a backbone, UserError when the file cannot be written.
    """
    backbone, adapter = _nested(model, BACKBONE), _nested(model, ADAPTER)
    if backbone is None:
        raise ValueError(f"Expected a model with a layer 'backbone'. Received: {model.name}")
    arrays = {f"{BACKBONE}/{key}": array for key, array in named.arrays_of(backbone.layers).items()}
    if adapter is not None:
        arrays |= named.arrays_of([adapter])
    arrays[FAMILY] = np.array(family(backbone) or "")

    def write(part: pathlib.Path):
        with open(part, "wb") as file:
            np.savez(file, **arrays)

    files.write(pathlib.Path(path), write)


def _pretrained(backbone, init: str) -> pathlib.Path:
    known = recognise(backbone)
    if known is None:
        raise expected(
            "a backbone that has weights to start from", "another network", "Use --init scratch or --init PATH."
        )
    if known.start != init:
        raise expected(f"--init {known.start}, scratch or PATH for {known.name}", init)
    return known.imagenet.fetch(backbone)


def _load(model, backbone, path: pathlib.Path) -> None:
    known = recognise(backbone)
    if path.suffix in (".keras", ".npz"):
        _carry_over(model, backbone, starting_points.read(path), path)
    elif known and path.name.endswith(WEIGHTS_H5):
        _load_weights_h5(known, backbone, path)
    elif known and path.suffix == known.imagenet.suffix:
        known.imagenet.load(backbone, path)
    else:
        kinds = [".keras", ".npz", WEIGHTS_H5, *([known.imagenet.suffix] if known else [])]
        raise expected(f"a checkpoint that ends in one of {', '.join(kinds)}", path)


def _load_weights_h5(known, backbone, path) -> None:
    """Load a file of `save_weights`: of the suite's network, or of keras.applications' own."""
    try:
        point = starting_points.read_weights_h5(path, known.name)
    except UserError:
        if known.imagenet.suffix != path.suffix:
            raise
        known.imagenet.load(backbone, path)
    else:
        named.assign(backbone.layers, point.backbone, path)


def _carry_over(model, backbone, point: StartingPoint, path) -> None:
    if point.family != family(backbone):
        difference = named.first_difference(backbone.layers, point.backbone) or "none in names and shapes"
        kinds = f"{point.family or 'another network'} (first differing layer: {difference})"
        raise expected(f"a {family(backbone) or 'backbone of the same kind'} in {path}", kinds)
    adapter = _nested(model, ADAPTER)
    named.assign(backbone.layers, point.backbone, path)
    if adapter is not None and not named.first_difference([adapter], point.adapter):
        named.assign([adapter], point.adapter, path)


def _nested(model: keras.Model, name: str):
    return next((layer for layer in model.layers if layer.name == name), None)


def record(kind: str, path: pathlib.Path) -> dict:
    """Return {"kind", "file", "sha256"} of the weights at `path`. Raises UserError where they cannot be read."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error
    return {"kind": kind, "file": str(path), "sha256": digest}
