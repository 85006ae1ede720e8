"""Where a backbone starts: ImageNet, a checkpoint, or chance."""

import hashlib
import pathlib

import keras
import numpy as np

from fer_keras.io import files
from fer_keras.io.errors import UserError, expected
from fer_keras.layers.grey_stem import GreyStem
from fer_keras.models.backbones import DEPTHS, FAST_LAYERS, LITE0, family
from fer_keras.models.weights import lite0_file, starting_points
from fer_keras.models.weights.starting_points import FAMILY, StartingPoint, weights_of
from fer_keras.models.weights.torchvision_file import load_torchvision

BACKBONE, ADAPTER = "backbone", "adapter"
"""The nested layers that carry over from one model to another."""


def load_backbone(model: keras.Model, init: str) -> dict:
    """Put the starting weights `init` into the layers "backbone" and, where both sides have one, "adapter" of `model`.

    Args:
        init: "scratch" (nothing is done), "imagenet", or the path of a checkpoint: a .keras model whose nested
            "backbone" (or which itself) is of the same kind, an .npz of `save_backbone`, an .h5 of weights of the
            backbone alone (keras.applications' own downloads too), a .safetensors of torchvision for ResNet-18 and -34.

    Returns {"kind": "scratch" | "imagenet" | "checkpoint", "file": ..., "sha256": ...} for the record ("scratch" has
    only its kind). Raises UserError, having changed nothing, when the weights cannot be had or do not fit.
    """
    if init == "scratch":
        return {"kind": "scratch"}
    backbone = _nested(model, BACKBONE)
    if backbone is None:
        raise expected(f"--init scratch for {model.name}, which has no backbone", init)
    if init == "imagenet":
        name = family(backbone)
        if name in DEPTHS:
            path = starting_points.imagenet_torchvision(backbone, name)
        elif name in LITE0:
            path = lite0_file.installed_file()
            lite0_file.load_lite0(backbone, path)
        else:
            point, path = starting_points.imagenet(name)
            _assign(backbone, point.backbone, "ImageNet's weights")
        return _record("imagenet", path)
    path = pathlib.Path(init)
    if not path.is_file():
        raise expected("--init imagenet, scratch, or the path of a checkpoint", repr(init), "There is no such file.")
    if path.suffix == ".safetensors":
        load_torchvision(backbone, path)
    elif path.suffix == ".pth" and family(backbone) in LITE0:
        lite0_file.load_lite0(backbone, path)
    else:
        _load(model, backbone, starting_points.read(path, family(backbone)), path)
    return _record("checkpoint", path)


def save_backbone(model: keras.Model, path: pathlib.Path) -> None:
    """Write the weights of "backbone", and of "adapter" if there is one, to the .npz at `path`, atomically.

    Keys are "backbone/conv1_conv/kernel" and so on, and "family", the backbone's name; `load_backbone` reads it.
    Raises ValueError for a model without a backbone, UserError when the file cannot be written.
    """
    backbone, adapter = _nested(model, BACKBONE), _nested(model, ADAPTER)
    if backbone is None:
        raise ValueError(f"Expected a model with a layer 'backbone'. Received: {model.name}")
    arrays = {f"{BACKBONE}/{key}": keras.ops.convert_to_numpy(v) for key, v in weights_of(backbone.layers).items()}
    if adapter is not None:
        arrays |= {key: keras.ops.convert_to_numpy(v) for key, v in weights_of([adapter]).items()}
    arrays[FAMILY] = np.array(family(backbone) or "")

    def write(part: pathlib.Path):
        with open(part, "wb") as file:
            np.savez(file, **arrays)

    files.write(pathlib.Path(path), write)


def _load(model, backbone, point: StartingPoint, path) -> None:
    if point.family != family(backbone):
        difference = _first_difference(backbone.layers, point.backbone) or "none in names and shapes"
        kinds = f"{point.family or 'another network'} (first differing layer: {difference})"
        raise expected(f"a {family(backbone) or 'backbone of the same kind'} in {path}", kinds)
    adapter = _nested(model, ADAPTER)
    _assign(backbone, point.backbone, path)
    if adapter is not None and not _first_difference([adapter], point.adapter):
        _set([adapter], point.adapter)


def _assign(backbone, source: dict[str, np.ndarray], origin) -> None:
    difference = _first_difference(backbone.layers, source)
    if difference:
        raise expected(f"weights for every layer of the backbone in {origin}", f"a first differing layer, {difference}")
    _set(backbone.layers, source)


def _first_difference(layers, source: dict[str, np.ndarray]) -> str:
    """Say which of the layers first lacks a weight in `source`, or finds one of another shape; "" when all fit."""
    for layer in layers:
        for key, variable in weights_of([layer]).items():
            if key not in source:
                if not _is_addition(layer):
                    return f"{layer.name} (no {key})"
            elif _fitted(layer, source[key]).shape != tuple(variable.shape):
                return f"{layer.name} ({key} {source[key].shape}, not {tuple(variable.shape)})"
    return ""


def _set(layers, source: dict[str, np.ndarray]) -> None:
    for layer in layers:
        for key, variable in weights_of([layer]).items():
            if key in source:
                variable.assign(_fitted(layer, source[key]))
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # its call reads a copy of its weights


def _fitted(layer, array: np.ndarray) -> np.ndarray:
    """Paper 004's grey stem makes its kernel out of an RGB one; all other arrays stay."""
    if isinstance(layer, GreyStem) and array.ndim == 4 and array.shape[2] == 3:
        return layer.kernel_of(array)
    return array


def _is_addition(layer) -> bool:
    """Attention that a paper puts between the stages: no checkpoint of the plain backbone has it."""
    ours = type(layer).__module__.startswith("fer_keras.layers")
    return ours and not isinstance(layer, (*FAST_LAYERS.values(), GreyStem))


def _nested(model: keras.Model, name: str):
    return next((layer for layer in model.layers if layer.name == name), None)


def _record(kind: str, path: pathlib.Path) -> dict:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error
    return {"kind": kind, "file": str(path), "sha256": digest}
