"""Weights by PyTorch's names and in PyTorch's layout, put into a backbone of Keras: all of them or none."""

import re
from collections.abc import Callable

import keras
import numpy as np

from fer_keras.io.errors import expected

SUFFIX = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
"""{variable of a Keras layer: tensor of the PyTorch module}."""

COUNTER = r".*\.num_batches_tracked"
"""A pattern of tensors without a counterpart, which only cumulative averages need."""


def tensors_of(backbone: keras.Model, torch_name: Callable[[str], str | None]) -> dict[str, keras.Variable]:
    """Return {tensor's name: our variable}, one for each weight that the file must hold.

    `torch_name` gives a layer's module in PyTorch, or None for a layer that has none there.
    """
    table = {}
    for layer in backbone.layers:
        module = torch_name(layer.name)
        if module is not None:
            table |= {f"{module}.{SUFFIX[variable.name]}": variable for variable in layer.weights}
    return table


def load(
    backbone: keras.Model,
    tensors: dict[str, np.ndarray],
    torch_name: Callable[[str], str | None],
    ignored: re.Pattern,
    origin: object,
) -> None:
    """Set the weights of `backbone` from `tensors`, which came from `origin`.

    Layers that `torch_name` does not know keep theirs. Tensors whose names match `ignored` have no counterpart.
    Raises UserError, nothing being changed, when a tensor is missing, left over, or of another shape.
    """
    table = tensors_of(backbone, torch_name)
    missing = sorted(table.keys() - tensors.keys())
    if missing:
        raise expected(f"tensor {missing[0]} in {origin}", f"a file without {len(missing)} of {len(table)} tensors")
    surplus = sorted(name for name in tensors.keys() - table.keys() if not ignored.fullmatch(name))
    if surplus:
        raise expected(f"only the backbone's tensors in {origin}", f"{len(surplus)} others, {surplus[0]} among them")
    values = {name: in_keras_layout(tensors[name], variable.shape) for name, variable in table.items()}
    for name, variable in table.items():
        if values[name].shape != tuple(variable.shape):
            raise expected(f"{name} of shape {tuple(variable.shape)} (ours) in {origin}", f"{values[name].shape}")
    for name, variable in table.items():
        variable.assign(values[name])


def in_keras_layout(tensor: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Turn a kernel (out, in, H, W) into (H, W, in, out), a depthwise one (C, 1, H, W) into (H, W, C, 1); vectors stay.

    `shape` is that of the variable; only a depthwise kernel's ends in 1 where the tensor has its channels in front.
    """
    if tensor.ndim != 4:
        return tensor
    depthwise = len(shape) == 4 and shape[3] == 1 and tensor.shape[1] == 1
    return tensor.transpose(2, 3, 0, 1) if depthwise else tensor.transpose(2, 3, 1, 0)
