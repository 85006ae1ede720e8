"""The checkpoint of a GAN: all variables, the request they belong to and the losses so far, in one atomic file."""

import json
from pathlib import Path

import numpy as np
from keras import ops

from fer_keras.io import files, npz
from fer_keras.io.errors import expected

FILE = "checkpoint.npz"


def save(folder: Path, variables: list, request: dict, history: list[dict], seconds: float) -> None:
    """Write the checkpoint of `folder` anew. `request` and `history` must be JSON."""
    told = {"request": request, "history": history, "seconds": seconds}
    arrays = {f"v{number:04d}": ops.convert_to_numpy(variable) for number, variable in enumerate(variables)}
    arrays["progress"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    files.write(folder / FILE, lambda part: np.savez(part, **arrays))


def restore(folder: Path, variables: list, request: dict) -> tuple[list[dict], float]:
    """Put the checkpoint of `folder` into the variables; return (losses of each epoch done, seconds spent).

    ([], 0.0) when there is none. Raises UserError when it is damaged or was written for another request.
    """
    path = folder / FILE
    if not path.exists():
        return [], 0.0
    arrays = npz.read_npz(path, "a checkpoint")
    found = files.parse_json(arrays.pop("progress", np.zeros(0, np.uint8)).tobytes(), path)
    before, wanted = found["request"], json.loads(json.dumps(request))
    differing = [key for key in {**before, **wanted} if before.get(key) != wanted.get(key)]
    if differing:
        raise expected(f"the training begun in {folder}", f"another {', '.join(differing)}", "Choose another --out.")
    values = [arrays[name] for name in sorted(arrays)]
    if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
        raise expected(f"a checkpoint of these networks in {path}", f"{len(values)} other arrays", "Delete it.")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return found["history"], found["seconds"]
