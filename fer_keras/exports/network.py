"""A trained model as the exporters take it."""

import dataclasses
import functools
import pathlib

import keras
import numpy as np

from fer_keras.exports.matrix_resize import MatrixResize
from fer_keras.io.errors import expected
from fer_keras.layers.cpu_kernels import STOCK_LAYERS
from fer_keras.layers.resize import Resize
from fer_keras.models import saved
from fer_keras.models.contract import Contract
from fer_keras.models.fast_layers import in_float32, replaced

UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Network:
    """What is to be exported.

    Attributes:
        model: every layer in float32; the suite's quick layers among them.
        contract: class names and input.
        quantize: one of QUANTIZATIONS.
        calibration: uint8 faces [N, side, side, channels] for int8, else None.
    """

    model: keras.Model
    contract: Contract
    quantize: str = "none"
    calibration: np.ndarray | None = None

    @functools.cached_property
    def portable(self) -> keras.Model:
        """The same numbers from operations that other runtimes have."""
        return replaced(self.model, {**STOCK_LAYERS, Resize: MatrixResize})


def read(path: pathlib.Path, classes: tuple[str, ...] | None = None) -> Network:
    """Return the network of the .keras file at `path`.

    Args:
        classes: names of the outputs in order, for a file that does not name them.

    Raises UserError for anything that is no classifier of faces, or has no class names.
    """
    model = saved.load(path)
    shape = model.input_shape
    if len(shape) != 4 or None in shape[1:] or shape[1] != shape[2] or len(model.output_shape) != 2:
        raise expected(f"a classifier of square faces at {path}", f"input {shape}, output {model.output_shape}")
    names = saved.class_names(path, model, classes)
    contract = saved.contract(path) or Contract(names, UNKNOWN, shape[1], shape[3])
    return Network(in_float32(model), dataclasses.replace(contract, class_names=names))
