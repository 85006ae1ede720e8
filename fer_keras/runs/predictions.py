"""predictions.npz: what a run predicted for every image of every split, in one file, from which all metrics follow.

A split is stored whole (rows, labels, probabilities) or as a part of an earlier one, its `base`: a mask of the base's
images, and labels or probabilities only where they are not the base's. So images without copies, images with a FER+
majority, and PrivateTest within a merged test set cost a mask, and a test-time-augmented variant its probabilities.

Probabilities keep MANTISSA_BITS of float32's 23 bits of mantissa, which halves the file: a relative error of at most 2^-12,
or one step of 2^-11 where two classes would become equal, so that the most probable class of every image stays the same.
Metrics are computed from what is stored, never from before.
"""

import hashlib
from pathlib import Path

import numpy as np

from fer_keras.io import files, npz
from fer_keras.io.errors import expected

MANTISSA_BITS = 11
_DROPPED_BITS = 23 - MANTISSA_BITS
PARTS = ("rows", "labels", "probabilities")


def rounded(probabilities: np.ndarray) -> np.ndarray:
    """Return float32 [N, K] rounded to MANTISSA_BITS, every row's first largest value still its first largest.

    Args:
        probabilities: float [N, K] in 0..1.
    """
    exact = np.ascontiguousarray(probabilities, np.float32)
    step = np.uint32(1 << _DROPPED_BITS)
    bits = (exact.view(np.uint32) + step // 2) & ~(step - 1)
    best = exact.argmax(axis=1)
    drawn = (bits == bits.max(axis=1, keepdims=True)) & (np.arange(exact.shape[1]) != best[:, None])
    return np.where(drawn & (bits > 0), bits - step, bits).astype(np.uint32).view(np.float32)


def save(path: Path, splits: dict[str, dict[str, np.ndarray]]) -> str:
    """Write {split: {"rows", "labels" int64 [N], "probabilities" float [N, K]}} atomically; return the file's sha256."""
    arrays, earlier = {}, {}
    for split, part in splits.items():
        exact = {"rows": np.asarray(part["rows"], np.int64), "labels": np.asarray(part["labels"], np.int64)}
        earlier[split] = exact | {"probabilities": rounded(part["probabilities"])}
        stored = _stored(split, earlier)
        arrays |= {f"{split}/{name}": array for name, array in stored.items()}
    files.write(path, lambda temporary: np.savez_compressed(temporary, **arrays))
    return digest(path)


def _stored(split: str, splits: dict[str, dict]) -> dict[str, np.ndarray]:
    """Return the arrays that stand for `split`, the last of `splits`: the fewest bytes, given those before it."""
    part = splits[split]
    choices = [_packed(part)]
    for base, other in splits.items():
        mask = np.isin(other["rows"], part["rows"])
        if base != split and np.array_equal(other["rows"][mask], part["rows"]):
            differing = {name: part[name] for name in PARTS if not np.array_equal(other[name][mask], part[name])}
            choices.append({"base": np.array(base), "mask": mask, **_packed(differing)})
    return min(choices, key=lambda arrays: sum(array.nbytes for array in arrays.values()))


def _packed(part: dict) -> dict[str, np.ndarray]:
    """Return rows as their differences, labels in bytes, probabilities as uint8 [4, N, K]: the bytes of each float32.

    All three are for the compression: steps of one, and bytes that are alike side by side.
    """
    packed = {}
    if "rows" in part:
        packed["rows"] = np.diff(part["rows"], prepend=0)
    if "labels" in part:
        packed["labels"] = part["labels"].astype(np.uint8)
    if "probabilities" in part:
        floats = np.ascontiguousarray(part["probabilities"], "<f4")
        packed["probabilities"] = np.moveaxis(floats.view(np.uint8).reshape(*floats.shape, 4), -1, 0)
    return packed


def digest(path: Path) -> str:
    """Return the sha256 of the file. Raises UserError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise expected(f"predictions in {path}", error.strerror or error) from error


def read(run_dir: Path, record: dict) -> dict[str, dict[str, np.ndarray]]:
    """Return {split: {"rows" int64 [N], "labels" int64 [N], "probabilities" float32 [N, K]}} of a run's splits.

    Raises UserError when the file is missing or damaged, is not the one that the record names by its sha256, or its arrays
    do not fit each other.
    """
    path = Path(run_dir) / record["predictions"]["file"]
    arrays = npz.read_npz(path, "rows, labels and probabilities")
    if digest(path) != record["predictions"]["sha256"]:
        raise expected(f"the predictions whose sha256 stands in the record of {run_dir}", f"another {path.name}")
    classes, splits = len(record["data"]["class_names"]), {}
    try:
        for split in record["predictions"]["splits"]:
            splits[split] = _checked(_unpacked(arrays, split, splits), split, classes)
    except (KeyError, ValueError, IndexError) as error:
        raise expected(f"rows, labels and probabilities of {classes} classes in {path}", error) from error
    return splits


def _unpacked(arrays: dict, split: str, earlier: dict[str, dict]) -> dict[str, np.ndarray]:
    stored = {name: arrays[f"{split}/{name}"] for name in (*PARTS, "base", "mask") if f"{split}/{name}" in arrays}
    part = {}
    if "base" in stored:
        base = earlier[str(stored["base"])]
        if stored["mask"].dtype != bool or stored["mask"].shape != base["rows"].shape:
            raise ValueError(f"a mask of {split} that does not fit {stored['base']}")
        part = {name: array[stored["mask"]] for name, array in base.items()}
    if "rows" in stored:
        part["rows"] = np.cumsum(stored["rows"])
    if "labels" in stored:
        part["labels"] = stored["labels"].astype(np.int64)
    if "probabilities" in stored:
        part["probabilities"] = _floats(stored["probabilities"])
    return part


def _floats(planes: np.ndarray) -> np.ndarray:
    if planes.dtype != np.uint8 or planes.ndim != 3 or len(planes) != 4:
        raise ValueError(f"probabilities of type {planes.dtype} and shape {planes.shape}")
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1)).view("<f4")[..., 0]


def _checked(part: dict, split: str, classes: int) -> dict[str, np.ndarray]:
    absent = [name for name in PARTS if name not in part]
    if absent:
        raise ValueError(f"no {absent[0]} of {split}")
    shapes = tuple(part[name].shape for name in PARTS)
    count = len(part["rows"])
    if shapes != ((count,), (count,), (count, classes)) or not count or part["rows"].dtype != np.int64:
        raise ValueError(f"{split} of shapes {shapes}, rows of type {part['rows'].dtype}")
    if part["labels"].max() >= classes:
        raise ValueError(f"label {part['labels'].max()} in {split}")
    if not ((part["probabilities"] >= 0) & (part["probabilities"] <= 1.0001)).all():
        raise ValueError(f"numbers outside 0..1 as probabilities of {split}")
    return part
