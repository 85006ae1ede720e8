"""The whole state of a training run in one file, from which it goes on as if it had not stopped."""

import json
import pathlib
import zipfile

import keras
import numpy as np

from fer_keras import files
from fer_keras.errors import UserError

NEWEST, BEFORE = "state.npz", "state-before.npz"


def save(folder: pathlib.Path, model: keras.Model, progress: dict, best: list[np.ndarray] | None) -> None:
    """Write weights, seed states, optimizer slots, the best weights so far and `progress` (JSON), atomically.

    The checkpoint before it stays as `state-before.npz`. No pickle; every array carries the archive's CRC-32.
    """
    arrays = {"progress": np.frombuffer(json.dumps(progress).encode(), "uint8")}
    arrays |= _numbered("model", [_array(v) for v in model.variables])
    arrays |= _numbered("optimizer", [_array(v) for v in model.optimizer.variables])
    arrays |= _numbered("best", best or [])
    newest = folder / NEWEST
    if newest.exists():
        newest.replace(folder / BEFORE)
    files.write(newest, lambda part: np.savez(part, **arrays))


def load(folder: pathlib.Path, note=print) -> tuple[dict, dict[str, np.ndarray]] | None:
    """Return (progress, arrays) of the newest intact checkpoint, or None when none was ever written.

    A damaged newest file is named through `note` and the one before it is used. Raises UserError when both are damaged.
    """
    found = [folder / name for name in (NEWEST, BEFORE) if (folder / name).exists()]
    for path in found:
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            return json.loads(arrays.pop("progress").tobytes()), arrays
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            note(f"{path} is damaged ({type(error).__name__}); falling back to the checkpoint before it.")
    if found:
        raise UserError(
            f"Expected an intact checkpoint in {folder}. Received: damaged ones. Delete the folder to start anew."
        )
    return None


def restore(model: keras.Model, arrays: dict[str, np.ndarray]) -> list[np.ndarray] | None:
    """Put the saved arrays into the compiled `model` and its optimizer and return the best weights.

    Raises UserError when they were written by another architecture.
    """
    _assign(model.variables, _collect("model", arrays))
    model.optimizer.build(model.trainable_variables)
    _assign(model.optimizer.variables, _collect("optimizer", arrays))
    return _collect("best", arrays) or None


def _assign(variables, values):
    shapes = [tuple(v.shape) for v in variables]
    if shapes != [value.shape for value in values]:
        raise UserError(
            f"Expected a checkpoint of {len(shapes)} arrays of this model. Received: {len(values)} of another."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _array(variable):
    return keras.ops.convert_to_numpy(variable)


def _numbered(prefix, arrays):
    return {f"{prefix}/{i:05d}": array for i, array in enumerate(arrays)}


def _collect(prefix, arrays):
    return [arrays[name] for name in sorted(arrays) if name.startswith(prefix + "/")]
