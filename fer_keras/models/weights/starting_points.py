"""Weights to start from, read from wherever they are into arrays by name."""

import dataclasses
import os
import pathlib

import keras
import numpy as np

from fer_keras.io import npz
from fer_keras.io.errors import UserError, expected
from fer_keras.models import saved
from fer_keras.models.backbones import APPLICATIONS, MIN_SIZE, build_backbone, family, own_names
from fer_keras.models.weights.torchvision_file import fetch_and_load

FAMILY = "family"
"""Key of the backbone's name in an .npz."""

IMAGENET_FILES = {
    "resnet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "efficientnetb3": "efficientnetb3_notop.h5",
    "xception": "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "mobilenetv3small": "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
}
"""{name: the file that keras.applications downloads and keeps}."""

DEVIATION = np.array([0.229, 0.224, 0.225], "float32")
"""ImageNet's standard deviation of each colour, in [0, 1]."""


@dataclasses.dataclass(frozen=True)
class StartingPoint:
    """Weights {"layer/weight": array} of a backbone and of an adapter (empty if there is none), and which backbone."""

    family: str | None
    backbone: dict[str, np.ndarray]
    adapter: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)


def weights_of(layers) -> dict[str, keras.Variable]:
    """Return {"conv1_conv/kernel": variable, ...}: the layer's name, then the variable's path inside the layer.

    Scopes outside the layer do not count, for they depend on how its model was built or reloaded.
    """
    return {f"{layer.name}/{_inside(layer, variable)}": variable for layer in layers for variable in layer.weights}


def _inside(layer, variable) -> str:
    return variable.path.rpartition(f"{layer.name}/")[2]


def arrays_of(layers) -> dict[str, np.ndarray]:
    """Return the values of `weights_of(layers)`."""
    return {key: keras.ops.convert_to_numpy(variable) for key, variable in weights_of(layers).items()}


def read(path: pathlib.Path, name: str | None) -> StartingPoint:
    """Return what the checkpoint at `path` (.keras, .npz, .h5) holds for a backbone called `name`.

    Raises UserError for another kind of file, or one that cannot be read.
    """
    if path.suffix == ".keras":
        return _of_model(saved.load(path))
    if path.suffix == ".npz":
        return _of_npz(path)
    if path.suffix == ".h5" and name in APPLICATIONS:
        return _of_h5(path, name)
    raise expected("a checkpoint that ends in .keras, .npz or .h5 (or .safetensors for ResNet-18 and ResNet-34)", path)


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


def _of_h5(path: pathlib.Path, name: str) -> StartingPoint:
    """Read weights without names by building the network they belong to: Keras's own, or ours with fused batch norm.

    Each refuses the other's file, for Keras 3 files weights under the classes of their layers.
    """
    readers = [_ours_from_h5, _stock_from_h5] if path.name.endswith(".weights.h5") else [_stock_from_h5]
    for read_as in readers:
        try:
            return read_as(path, name)
        except Exception as error:  # h5py's and Keras's own differ from case to case
            last = error
    raise expected(f"weights of {name} without top in {path}", " ".join(str(last).split())[:200]) from last


def _ours_from_h5(path: pathlib.Path, name: str) -> StartingPoint:
    ours = build_backbone(name, MIN_SIZE[name])
    ours.load_weights(path)
    return StartingPoint(name, arrays_of(ours.layers))


def _stock_from_h5(path: pathlib.Path, name: str) -> StartingPoint:
    shape = (MIN_SIZE[name], MIN_SIZE[name], 3)
    return _of_stock(APPLICATIONS[name](weights=str(path), include_top=False, input_shape=shape), name)


def _of_stock(stock: keras.Model, name: str) -> StartingPoint:
    """Take a keras.applications model's weights under the names that our copy gives its layers."""
    names = own_names(stock)
    arrays = {
        f"{names[layer]}/{_inside(layer, variable)}": keras.ops.convert_to_numpy(variable)
        for layer in stock.layers
        for variable in layer.weights
    }
    variance = arrays.get("normalization/variance")
    # EfficientNet's file holds the deviation where Keras wants the variance; Keras's `weights="imagenet"` makes up for
    # it with one more layer, which a copy without weights does not have.
    if variance is not None and np.allclose(variance, DEVIATION, rtol=1e-3):
        arrays["normalization/variance"] = variance * DEVIATION
    return StartingPoint(name, arrays)


def imagenet(name: str | None) -> tuple[StartingPoint, pathlib.Path]:
    """Return keras.applications' ImageNet weights of backbone `name`, and the file in Keras's cache that holds them.

    Raises UserError, with the three ways on, when they cannot be fetched.
    """
    if name not in APPLICATIONS:
        raise expected(
            "a backbone that has ImageNet weights", name or "another network", "Use --init scratch or --init PATH."
        )
    path = _cache() / IMAGENET_FILES[name]
    try:
        stock = APPLICATIONS[name](weights="imagenet", include_top=False, input_shape=(224, 224, 3))
    except (
        Exception
    ) as error:  # get_file raises a bare Exception for a network that fails, h5py its own for half a file
        raise UserError(
            f"Expected the ImageNet weights of {name}, which Keras could not fetch. "
            f"Received: {' '.join(str(error).split())[:200]}. Three ways on: "
            f'fetch them on a machine with a network (python -c "import keras; keras.applications.'
            f'{APPLICATIONS[name].__name__}(include_top=False)") and copy {path.name} into {path.parent}; '
            "or --init PATH, a checkpoint of `python -m experiments.pretrain_backbone`; or --init scratch."
        ) from error
    return _of_stock(stock, name), path


def imagenet_torchvision(backbone: keras.Model, name: str) -> pathlib.Path:
    """Load torchvision's ImageNet weights into a ResNet-18 or ResNet-34; return the file in Keras's cache.

    Raises UserError when they cannot be fetched.
    """
    fetch_and_load(backbone, name)
    return _cache() / f"{name}.tv_in1k.safetensors"


def _cache() -> pathlib.Path:
    return pathlib.Path(os.environ.get("KERAS_HOME", pathlib.Path.home() / ".keras")) / "models"
