"""Reads .safetensors files, whoever wrote them.

The format (https://github.com/huggingface/safetensors) is a length, a JSON header and raw numbers.
"""

import json
import math
from pathlib import Path

import numpy as np

from fer_keras.io.errors import expected

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8"}
LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the reference reader."""

CONVERT = (
    'python -c "import torch, safetensors.torch as s; '
    "s.save_file(torch.load('X.pth', weights_only=True), 'X.safetensors')\""
)
"""A command for a machine with PyTorch."""


def read_safetensors(path) -> dict[str, np.ndarray]:
    """Return {name: array} of a .safetensors file, arrays read-only views of it.

    Raises UserError for a missing file, a pickle (.pth, .pt, .bin), or contents that contradict the header.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise expected("a .safetensors file", path, f"A .pth is a pickle, which can run code. Convert it: {CONVERT}")
    if not path.is_file() or path.stat().st_size < 8:
        raise expected(f"a .safetensors file at {path}", "an empty file" if path.is_file() else "no file")
    content = np.memmap(path, dtype=np.uint8, mode="r")
    length = int.from_bytes(content[:8].tobytes(), "little")
    if length > min(LONGEST_HEADER, content.size - 8):
        raise expected(f"a header inside {path}", f"one of {length} bytes: the file is cut, or is no safetensors")
    try:
        header = dict(json.loads(content[8 : 8 + length].tobytes()))
        header.pop("__metadata__", None)
        return {name: _tensor(content[8 + length :], name, **entry) for name, entry in header.items()}
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise expected(f"a sound .safetensors header in {path}", str(error)[:200]) from error


def _tensor(data: np.ndarray, name: str, dtype: str, shape: list[int], data_offsets: list[int]) -> np.ndarray:
    """Return one array out of `data`. Raises ValueError or KeyError when its entry does not fit."""
    if dtype not in DTYPES:
        raise ValueError(f"{name} of type {dtype}, not one of {', '.join(DTYPES)}")
    start, end = data_offsets
    size = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
    if not 0 <= start <= end <= data.size or end - start != size or any(side < 0 for side in shape):
        raise ValueError(f"{name} at bytes {start}..{end} of {data.size} where shape {shape} takes {size}")
    return data[start:end].view(DTYPES[dtype]).reshape(shape)
