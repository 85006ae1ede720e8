"""Reads the weights of a TensorFlow.js model: checked, bounded, in NumPy alone.

A JSON file lists the arrays ("weightsManifest" of a model.json, or such a list by itself); their numbers lie one after
the other in the files that it names. Arrays may be kept in float16, or in 8 or 16 bits with a scale and a minimum.
"""

import math
import pathlib

import numpy as np

from fer_keras.io import files
from fer_keras.io.errors import expected

MOST_BYTES = 10_000_000
"""Of each file of numbers; face-api's has 0.3 million, FaceRes's 7 million."""

MOST_AXES = 8
DTYPES = {"float32": "<f4", "float16": "<f2", "int32": "<i4", "uint16": "<u2", "uint8": "u1"}


def read_weights(path: pathlib.Path) -> dict[str, np.ndarray]:
    """Return {name: float32 array} of the manifest, or model.json, at `path`; the numbers lie beside it.

    Raises UserError, in one line, for a file that is no manifest, another type of number, and numbers that are missing,
    too many for their list, or over MOST_BYTES.
    """
    path = pathlib.Path(path)
    content = files.read_json(path)
    try:
        (group,) = content["weightsManifest"] if isinstance(content, dict) else content
        numbers = b"".join(_numbers(path.parent / pathlib.Path(name).name) for name in group["paths"])
        return _arrays(group["weights"], numbers)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise expected(f"a TensorFlow.js weights manifest at {path}", f"{type(error).__name__}: {error}") from error


def _arrays(entries: list[dict], numbers: bytes) -> dict[str, np.ndarray]:
    arrays, start = {}, 0
    for entry in entries:
        rule, shape = entry.get("quantization"), tuple(entry["shape"])
        if len(shape) > MOST_AXES or not all(isinstance(side, int) and side >= 0 for side in shape):
            raise ValueError(f"shape {entry['shape']}")
        kind = np.dtype(DTYPES[rule["dtype"] if rule else entry["dtype"]])
        values = np.frombuffer(numbers, kind, math.prod(shape), start).astype(np.float32).reshape(shape)
        arrays[str(entry["name"])] = _dequantized(values, rule)
        start += math.prod(shape) * kind.itemsize
    if start != len(numbers):
        raise ValueError(f"{len(numbers):,} bytes of numbers, {start:,} of them in the list")
    return arrays


def _dequantized(values: np.ndarray, rule: dict | None) -> np.ndarray:
    """Return integers as value * scale + min; float16 has neither."""
    if rule is None or rule["dtype"] == "float16":
        return values
    return values * np.float32(rule["scale"]) + np.float32(rule["min"])


def _numbers(path: pathlib.Path) -> bytes:
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise expected(f"weights of at most {MOST_BYTES:,} bytes at {path}", "none, or more")
    return path.read_bytes()
