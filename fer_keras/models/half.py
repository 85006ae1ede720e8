"""A .keras file with its weights in float16: half the size, read like any other, into float32 again."""

import io
import pathlib
import zipfile

import h5py
import numpy as np

from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.models import saved

WEIGHTS = "model.weights.h5"


def rounded(array: np.ndarray) -> np.ndarray:
    """Return a float32 array in float16, each number the nearest; any other array, or one beyond float16's range, as it is."""
    if array.dtype != np.float32:
        return array
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    return half if np.isfinite(half).all() else array


def save(model: pathlib.Path, out: pathlib.Path) -> None:
    """Write the .keras file `model` to `out`, atomically, its weights `rounded` and the whole compressed.

    Class names and input stay in the file. Raises UserError for a file that is no model of Keras's.
    """
    saved.contract(model)  # refuses what is no archive of a model
    try:
        with zipfile.ZipFile(model) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        content[WEIGHTS] = _rounded_weights(content[WEIGHTS])
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile) as error:
        raise expected(f"weights in {model}", error) from error

    def write(part: pathlib.Path):
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)

    files.write(out, write)


def _rounded_weights(content: bytes) -> bytes:
    made = io.BytesIO()
    with h5py.File(io.BytesIO(content), "r") as before, h5py.File(made, "w") as after:
        _copy(before, after)
    return made.getvalue()


def _copy(before: h5py.Group, after: h5py.Group) -> None:
    after.attrs.update(before.attrs)
    for name, item in before.items():
        if isinstance(item, h5py.Group):
            _copy(item, after.create_group(name))
        else:
            after.create_dataset(name, data=rounded(item[()])).attrs.update(item.attrs)
