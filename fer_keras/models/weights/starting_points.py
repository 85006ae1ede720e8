"""Weights to start from, read from a checkpoint of the suite's into arrays by name."""

import dataclasses
import pathlib

import keras
import numpy as np

from fer_keras.io import npz
from fer_keras.io.errors import expected
from fer_keras.layers.cpu_kernels import STOCK_LAYERS
from fer_keras.models import saved
from fer_keras.models.backbones import BACKBONES, build_backbone, family
from fer_keras.models.fast_layers import replaced
from fer_keras.models.weights.named import arrays_of

FAMILY = "family"
"""Key of the backbone's name in an .npz."""

WEIGHTS_H5 = ".weights.h5"
"""How a file of Keras 3's `save_weights` ends."""


@dataclasses.dataclass(frozen=True)
class StartingPoint:
    """Weights {"layer/weight": array} of a backbone and of an adapter (empty if there is none), and which backbone."""

    family: str | None
    backbone: dict[str, np.ndarray]
    adapter: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)


def read(path: pathlib.Path) -> StartingPoint:
    """Return what the checkpoint at `path` (.keras, .npz) holds.

    Raises UserError for another kind of file, or one that cannot be read.
    """
    if path.suffix == ".keras":
        return _of_model(saved.load(path))
    if path.suffix == ".npz":
        return _of_npz(path)
    raise expected("a checkpoint that ends in .keras or .npz", path)


def read_weights_h5(path: pathlib.Path, name: str) -> StartingPoint:
    """Return what `save_weights` wrote of the backbone called `name`, with the suite's layers or with Keras's.

    Such a file files its arrays under the classes of their layers, so each refuses the other's.
    Raises UserError for a file of anything else.
    """
    ours = build_backbone(name, BACKBONES[name].min_size)
    for network in (ours, replaced(ours, STOCK_LAYERS)):
        try:
            network.load_weights(path)
        except Exception as error:  # h5py's and Keras's own differ from case to case
            last = error
        else:
            return StartingPoint(name, arrays_of(network.layers))
    raise expected(f"weights of {name} without top in {path}", " ".join(str(last).split())[:200]) from last


def _of_model(model: keras.Model) -> StartingPoint:
    nested = {layer.name: layer for layer in model.layers}
    backbone = nested.get("backbone", model)
    adapter = [nested["adapter"]] if "adapter" in nested else []
    return StartingPoint(family(backbone), arrays_of(backbone.layers), arrays_of(adapter))


def _of_npz(path: pathlib.Path) -> StartingPoint:
    arrays = npz.read_npz(path, "an .npz of save_backbone")
    if FAMILY not in arrays:
        raise expected(f"an .npz of save_backbone at {path}", "one without a backbone's name")
    backbone = {key.removeprefix("backbone/"): value for key, value in arrays.items() if key.startswith("backbone/")}
    adapter = {key: value for key, value in arrays.items() if key.startswith("adapter/")}
    return StartingPoint(str(arrays[FAMILY]) or None, backbone, adapter)
