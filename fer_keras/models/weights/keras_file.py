"""ImageNet weights of keras.applications, from the .h5 files that it downloads."""

import dataclasses
import pathlib
from collections.abc import Callable

import keras
import numpy as np

from fer_keras.io.errors import UserError, expected
from fer_keras.models.fast_layers import own_names
from fer_keras.models.weights import cache, named

SIDE = 96
"""Pixels of the network into which a file is read: every backbone takes it, and weights do not depend on it."""

DEVIATION = np.array([0.229, 0.224, 0.225], "float32")
"""ImageNet's standard deviation of each colour, in [0, 1]."""


@dataclasses.dataclass(frozen=True)
class KerasFile:
    """The weights of `application`, a function of keras.applications; an `ImageNet` of `Backbone`.

    `name` is the backbone's; `file` is what keras.applications calls the file without top that it downloads and keeps.
    """

    name: str
    application: Callable[..., keras.Model]
    file: str
    suffix = ".h5"

    def fetch(self, backbone: keras.Model) -> pathlib.Path:
        """Load the weights that Keras has or downloads, and return the file in its cache.

        Raises UserError, with the three ways on, when they cannot be fetched.
        """
        path = cache.folder() / self.file
        try:
            stock = self._stock("imagenet")
        except Exception as error:  # get_file raises a bare Exception for a network that fails, h5py its own
            raise UserError(
                f"Expected the ImageNet weights of {self.name}, which Keras could not fetch. "
                f"Received: {_one_line(error)}. Three ways on: "
                f'fetch them on a machine with a network (python -c "import keras; keras.applications.'
                f'{self.application.__name__}(include_top=False)") and copy {path.name} into {path.parent}; '
                "or --init PATH, a checkpoint of `python -m experiments.pretrain_backbone`; or --init scratch."
            ) from error
        named.assign(backbone.layers, _arrays_of(stock), "ImageNet's weights")
        return path

    def load(self, backbone: keras.Model, path: pathlib.Path) -> None:
        """Set the weights of `backbone` from such a file, or from the `.weights.h5` of Keras's own network.

        Neither names its arrays reliably, so the network that they belong to is built to read them.
        Raises UserError for a file of anything else.
        """
        try:
            stock = self._stock(str(path))
        except Exception as error:  # h5py's and Keras's own differ from case to case
            raise expected(f"weights of {self.name} without top in {path}", _one_line(error)) from error
        named.assign(backbone.layers, _arrays_of(stock), path)

    def _stock(self, weights: str) -> keras.Model:
        return self.application(weights=weights, include_top=False, input_shape=(SIDE, SIDE, 3))


def _arrays_of(stock: keras.Model) -> dict[str, np.ndarray]:
    """Return the weights of a keras.applications model under the names that our copy gives its layers."""
    names = own_names(stock)
    arrays = {}
    for layer, name in names.items():
        for key, array in named.arrays_of([layer] if isinstance(layer, keras.Layer) else []).items():
            arrays[name + key.removeprefix(layer.name)] = array
    variance = arrays.get("normalization/variance")
    # EfficientNet's file holds the deviation where Keras wants the variance; Keras's `weights="imagenet"` makes up for
    # it with one more layer, which a copy without weights does not have.
    if variance is not None and np.allclose(variance, DEVIATION, rtol=1e-3):
        arrays["normalization/variance"] = variance * DEVIATION
    return arrays


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
