"""The whole state of a training run in one file, from which it goes on as if it had not stopped."""

import json
import pathlib

import keras
import numpy as np

from fer_keras.io import files, npz
from fer_keras.io.errors import UserError, expected

NEWEST, BEFORE = "state.npz", "state-before.npz"
PLACE = {"phase", "epoch", "step"}
"""Keys that every progress has: where in the run it is."""


def save(folder: pathlib.Path, model: keras.Model, progress: dict, best: list[np.ndarray] | None) -> None:
    """Write weights, seed states, optimizer slots, the best weights so far and `progress` (JSON), atomically.

    The checkpoint before it stays as `state-before.npz`. No pickle; every array carries the archive's CRC-32.
    Raises UserError, both files being as they were, when the disk is full.
    """
    arrays = {"progress": np.frombuffer(json.dumps(progress).encode(), "uint8")}
    arrays |= _numbered("model", [_array(v) for v in model.variables])
    arrays |= _numbered("optimizer", [_array(v) for v in model.optimizer.variables])
    arrays |= _numbered("best", best or [])
    files.write(folder / NEWEST, lambda part: np.savez(part, **arrays), previous=folder / BEFORE)


def exists(folder: pathlib.Path) -> bool:
    """Say whether there is a checkpoint in `folder`, intact or not."""
    return any((folder / name).exists() for name in (NEWEST, BEFORE))


def load(folder: pathlib.Path, note=print) -> tuple[dict, dict[str, np.ndarray]] | None:
    """Return (progress, arrays) of the newest intact checkpoint, or None when none was ever written.

    A damaged newest file is named through `note` and put aside, so that the next checkpoint does not push out the good
    one before it, which is used. Raises UserError when both are damaged.
    """
    found = [folder / name for name in (NEWEST, BEFORE) if (folder / name).exists()]
    for path in found:
        try:
            arrays = npz.read_npz(path, "an intact checkpoint")
            progress = _progress(arrays, path)
        except UserError as error:
            note(str(error))
            continue
        if path != found[0]:
            note(f"{found[0]} is damaged: falling back to the checkpoint before it.")
            found[0].replace(folder / f"damaged-{NEWEST}")
        return progress, arrays
    if found:
        names = " and ".join(path.name for path in found)
        raise expected(f"an intact checkpoint in {folder}", f"{names}, damaged", "Delete the folder to start again.")
    return None


def _progress(arrays: dict[str, np.ndarray], path: pathlib.Path) -> dict:
    """Take `progress` out of the arrays. Raises UserError when it is not there, or not what `save` was given."""
    progress = files.parse_json(arrays.pop("progress", np.zeros(0)).tobytes(), path)
    if not isinstance(progress, dict) or not PLACE <= progress.keys():
        raise expected(f"a checkpoint's {', '.join(sorted(PLACE))} in {path}", "something else")
    return progress


def restore(model: keras.Model, arrays: dict[str, np.ndarray]) -> list[np.ndarray] | None:
    """Put the saved arrays into the compiled `model` and its optimizer and return the best weights.

    Raises UserError when they were written by another architecture; `model` is then as it was.
    """
    weights, slots, best = (_collect(prefix, arrays) for prefix in ("model", "optimizer", "best"))
    _require_shapes(model.variables, weights, "this model")
    model.optimizer.build(model.trainable_variables)
    _require_shapes(model.optimizer.variables, slots, "this optimizer")
    if best:
        _require_shapes(model.weights, best, "this model's kept epoch")
    _assign(model.variables, weights)
    _assign(model.optimizer.variables, slots)
    return best or None


def _require_shapes(variables, values, of):
    shapes = [tuple(v.shape) for v in variables]
    if shapes != [value.shape for value in values]:
        raise expected(f"a checkpoint of {len(shapes)} arrays of {of}", f"{len(values)} of another")


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _array(variable):
    return keras.ops.convert_to_numpy(variable)


def _numbered(prefix, arrays):
    return {f"{prefix}/{i:05d}": array for i, array in enumerate(arrays)}


def _collect(prefix, arrays):
    return [arrays[name] for name in sorted(arrays) if name.startswith(prefix + "/")]
