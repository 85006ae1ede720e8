"""How each data set of config.datasets is found, read and divided: one module each, called as the data set is."""

import functools
import importlib

from fer_keras.config.datasets import DATASETS
from fer_keras.data.datasets.dataset import Dataset


@functools.cache
def get(name: str) -> Dataset:
    """Return the data set called `name`, a key of DATASETS. Raises ValueError for another name."""
    if name not in DATASETS:
        raise ValueError(f"Expected a data set in {(*DATASETS,)}. Received: {name!r}")
    return importlib.import_module(f"{__name__}.{name}").DATASET
