"""predictions.npz: what a run predicted for every image of every split, in one file, from which all metrics follow.

A split is stored whole (rows, labels, probabilities) or as a part of an earlier one, its `base`: a mask of the base's
images unless it has all of them, and labels or probabilities only where they are not the base's. So images without copies,
images with a FER+ majority, and PrivateTest within a merged test set cost a mask, and a test-time-augmented variant its
probabilities.

Probabilities are stored in steps of STEP, small ones with LEAST_BITS significant bits. The largest of an image is not stored:
it is what the others leave of 1, and still the largest: accuracy and confusion matrix are those of the exact probabilities,
log loss and calibration nearly. Metrics are computed from what is stored, never from before.
"""

import hashlib
from pathlib import Path

import numpy as np

from fer_keras.io import files, npz
from fer_keras.io.errors import expected

STEP = 2.0**-10
LEAST_BITS = 3
SUM_OFF = 0.01
UNUSED_BITS = 15
PARTS = ("rows", "labels", "probabilities")


def rounded(probabilities: np.ndarray) -> np.ndarray:
    """Return float32 [N, K] as it is stored, every image's first largest probability still its largest.

    Args:
        probabilities: float [N, K] in 0..1, the sum of each row 1.
    """
    return _filled(_gaps(probabilities))


def _gaps(probabilities) -> np.ndarray:
    """Return float32 [N, K], the probabilities rounded, NaN in place of each row's first largest."""
    exact = np.asarray(probabilities, np.float64)
    best = exact.argmax(axis=1)[:, None]
    step = np.minimum(STEP, np.exp2(np.frexp(exact)[1] - LEAST_BITS))
    others = np.round(exact / step) * step
    np.put_along_axis(others, best, np.nan, axis=1)
    while (too_large := others >= 1 - np.nansum(others, axis=1, keepdims=True)).any():
        others = np.where(too_large, others - STEP, others)
    return others.astype(np.float32)


def _filled(gaps) -> np.ndarray:
    """Return float32 [N, K], each NaN what the others of its row leave of 1."""
    left = 1 - np.nansum(gaps, axis=1, keepdims=True, dtype=np.float64)
    return np.where(np.isnan(gaps), left, gaps).astype(np.float32)


def save(path: Path, splits: dict[str, dict[str, np.ndarray]]) -> str:
    """Write {split: {"rows", "labels" int64 [N], "probabilities" float [N, K]}} atomically; return the file's sha256.

    Raises UserError for a split without images, for probabilities outside 0..1 or whose sum is not 1 within SUM_OFF, and for
    labels other than 0..K-1 or above 255.
    """
    arrays, earlier = {}, {}
    for split, part in splits.items():
        _require_shares(split, part)
        _require_labels(split, part)
        exact = {"rows": np.asarray(part["rows"], np.int64), "labels": np.asarray(part["labels"], np.int64)}
        earlier[split] = exact | {"probabilities": rounded(part["probabilities"])}
        stored = _stored(split, earlier)
        arrays |= {f"{split}/{name}": array for name, array in stored.items()}
    files.write(path, lambda temporary: npz.write_smallest(temporary, arrays))
    return digest(path)


def _require_shares(split, part):
    """Raise UserError unless every image's probabilities lie in 0..1 and their sum is 1 within SUM_OFF."""
    probabilities = np.asarray(part["probabilities"], np.float64)
    sums = probabilities.sum(axis=1)
    shares = (np.abs(sums - 1) <= SUM_OFF) & (probabilities >= 0).all(axis=1)
    if len(off := np.flatnonzero(~shares)):
        wanted = f"probabilities in 0..1 whose sum is within {SUM_OFF} of 1 for each image of {split}"
        raise expected(wanted, f"a sum of {sums[off[0]]:.4g} and a least of {probabilities[off[0]].min():.4g}")


def _require_labels(split, part):
    labels, classes = np.asarray(part["labels"]), np.shape(part["probabilities"])[1]
    if not len(labels):
        raise expected(f"images in the split {split}", "none")
    if labels.min() < 0 or labels.max() >= min(classes, 256):
        wanted = f"labels of {split} in 0..{min(classes, 256) - 1}"
        raise expected(wanted, f"{labels.min()} to {labels.max()}")


def _stored(split: str, splits: dict[str, dict]) -> dict[str, np.ndarray]:
    """Return the arrays that stand for `split`, the last of `splits`: the fewest bytes, given those before it."""
    part = splits[split]
    choices = [_packed(part)]
    for base, other in splits.items():
        mask = np.isin(other["rows"], part["rows"])
        if base != split and np.array_equal(other["rows"][mask], part["rows"]):
            differing = {name: part[name] for name in PARTS if not np.array_equal(other[name][mask], part[name])}
            of_base = {"base": np.array(base)} | ({} if mask.all() else {"mask": mask})
            choices.append(of_base | _packed(differing))
    return min(choices, key=lambda arrays: sum(array.nbytes for array in arrays.values()))


def _packed(part: dict) -> dict[str, np.ndarray]:
    """Return rows as their differences, labels in bytes, probabilities as uint16 [N, K]: 8 bits of exponent, 8 of mantissa.

    A float32 of 0 to 0.5 in steps of STEP has no sign, and no more bits in its mantissa.
    """
    packed = {}
    if "rows" in part:
        packed["rows"] = np.diff(part["rows"], prepend=0)
    if "labels" in part:
        packed["labels"] = part["labels"].astype(np.uint8)
    if "probabilities" in part:
        packed["probabilities"] = (_gaps(part["probabilities"]).view(np.uint32) >> UNUSED_BITS).astype("<u2")
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
        mask = stored.get("mask", np.ones(len(base["rows"]), bool))
        if mask.dtype != bool or mask.shape != base["rows"].shape:
            raise ValueError(f"a mask of {split} that does not fit {stored['base']}")
        part = {name: array[mask] for name, array in base.items()}
    if "rows" in stored:
        part["rows"] = np.cumsum(stored["rows"])
    if "labels" in stored:
        part["labels"] = stored["labels"].astype(np.int64)
    if "probabilities" in stored:
        part["probabilities"] = _floats(stored["probabilities"])
    return part


def _floats(stored: np.ndarray) -> np.ndarray:
    """Return float32 [N, K] of uint16 [N, K] with gaps, or of uint8 [4, N, K], all bytes, as earlier versions wrote them."""
    if stored.dtype == np.uint8 and stored.ndim == 3 and len(stored) == 4:
        return np.ascontiguousarray(np.moveaxis(stored, 0, -1)).view("<f4")[..., 0]
    if stored.dtype != np.uint16 or stored.ndim != 2:
        raise ValueError(f"probabilities of type {stored.dtype} and shape {stored.shape}")
    gaps = (stored.astype(np.uint32) << UNUSED_BITS).view(np.float32)
    if (np.isnan(gaps).sum(axis=1) != 1).any():
        raise ValueError("an image that lacks more than its largest probability, or has it")
    return _filled(gaps)


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
