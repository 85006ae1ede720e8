"""Weights by the names of their layers, and how they get into a network: all of them or none."""

import collections
import re

import keras
import numpy as np

from fer_keras.io.errors import expected
from fer_keras.layers.cpu_kernels import STOCK_LAYERS
from fer_keras.layers.grey_stem import GreyStem

AUTOMATIC_VARIABLE = re.compile(r"variable(_\d+)?")
"""What Keras calls a variable whose layer gives it no name, numbered through the whole process."""


def by_path(variables) -> dict[str, keras.Variable]:
    """Return {path: variable}, where names that Keras numbers count from 1 within their layer."""
    unnamed = collections.Counter()
    table = {}
    for variable in variables:
        scope, slash, name = variable.path.rpartition("/")
        if AUTOMATIC_VARIABLE.fullmatch(name):
            unnamed[scope] += 1
            name = f"variable_{unnamed[scope]}"
        table[scope + slash + name] = variable
    return table


def weights_of(layers) -> dict[str, keras.Variable]:
    """Return {"conv1_conv/kernel": variable, ...}: the layer's name, then the variable's path inside the layer.

    Scopes outside the layer do not count, for they depend on how its model was built or reloaded.
    """
    return {
        f"{layer.name}/{path.rpartition(f'{layer.name}/')[2]}": variable
        for layer in layers
        for path, variable in by_path(layer.weights).items()
    }


def arrays_of(layers) -> dict[str, np.ndarray]:
    """Return the values of `weights_of(layers)`."""
    return {key: keras.ops.convert_to_numpy(variable) for key, variable in weights_of(layers).items()}


def assign(layers, source: dict[str, np.ndarray], origin: object) -> None:
    """Give each of the layers its weights from `source`, which came from `origin`.

    Attention that a paper puts between the stages keeps its own where `source` has none.
    Raises UserError, nothing being changed, when another weight is missing or of another shape.
    """
    difference = first_difference(layers, source)
    if difference:
        raise expected(f"weights for every layer of the backbone in {origin}", f"a first differing layer, {difference}")
    for layer in layers:
        for key, variable in weights_of([layer]).items():
            if key in source:
                variable.assign(_fitted(layer, source[key]))
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # its call reads a copy of its weights


def first_difference(layers, source: dict[str, np.ndarray]) -> str:
    """Say which of the layers first lacks a weight in `source`, or has one of another shape; "" when all fit."""
    for layer in layers:
        for key, variable in weights_of([layer]).items():
            if key not in source:
                if not _is_addition(layer):
                    return f"{layer.name} (no {key})"
            elif _fitted(layer, source[key]).shape != tuple(variable.shape):
                return f"{layer.name} ({key} {source[key].shape}, not {tuple(variable.shape)})"
    return ""


def _fitted(layer, array: np.ndarray) -> np.ndarray:
    """Paper 004's grey stem makes its kernel out of an RGB one; all other arrays stay."""
    if isinstance(layer, GreyStem) and array.ndim == 4 and array.shape[2] == 3:
        return layer.kernel_of(array)
    return array


def _is_addition(layer) -> bool:
    """Attention that a paper puts between the stages: no checkpoint of the plain backbone has it."""
    ours = type(layer).__module__.startswith("fer_keras.layers")
    return ours and not isinstance(layer, (*STOCK_LAYERS, GreyStem))
