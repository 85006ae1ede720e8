"""torchvision's ImageNet weights for our ResNet-18 and ResNet-34, from a .safetensors file or from the hub.

The file is timm's copy (https://huggingface.co/timm/resnet34.tv_in1k), whose tensors bear torchvision's names. The
reader is our own: the format (https://github.com/huggingface/safetensors) is a length, a JSON header and raw numbers.
"""

import json
import math
import os
import re
from pathlib import Path

import keras
import numpy as np

from fer_keras.io.errors import UserError, expected

HUB = "https://huggingface.co/timm/{name}.tv_in1k/resolve/main/model.safetensors"
NAMES = ("resnet18", "resnet34")
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8"}
LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the reference reader."""

CONVERT = (
    'python -c "import torch, safetensors.torch as s; '
    "s.save_file(torch.load('X.pth', weights_only=True), 'X.safetensors')\""
)
"""A command for a machine with PyTorch."""

NOT_LOADED = re.compile(r"fc\.(weight|bias)|.*\.num_batches_tracked")
"""Tensors without a counterpart: the 1000-way top, and a counter that only cumulative averages need."""

STEM = {"conv1_conv": "conv1", "conv1_bn": "bn1"}
LAYER = re.compile(r"conv(\d)_block(\d)_(\d)_(conv|bn)")
VARIABLES = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def torch_name(layer_name: str) -> str | None:
    """Return torchvision's name of a layer ("layer2.0.downsample.1" of "conv3_block1_0_bn"), or None if it has none."""
    match = LAYER.fullmatch(layer_name)
    if match is None:
        return STEM.get(layer_name)
    group, block, position, kind = match.groups()
    prefix = f"layer{int(group) - 1}.{int(block) - 1}"
    if position == "0":
        return f"{prefix}.downsample.{0 if kind == 'conv' else 1}"
    return f"{prefix}.{kind}{position}"


def tensors_of(backbone: keras.Model) -> dict[str, keras.Variable]:
    """Return {torchvision's tensor name: our variable}, one for each weight that the file must hold."""
    table = {}
    for layer in backbone.layers:
        theirs = torch_name(layer.name)
        if theirs is not None:
            table |= {f"{theirs}.{VARIABLES[variable.name]}": variable for variable in layer.weights}
    return table


def load_torchvision(backbone: keras.Model, path) -> None:
    """Set the weights of `backbone` (from `build_basic_resnet`) from a .safetensors file, all of them or none.

    Attention layers inside the backbone keep theirs: torchvision has no such layers.
    Raises UserError when a tensor is missing, left over, or of another shape.
    """
    table, file = tensors_of(backbone), read_safetensors(path)
    missing = sorted(table.keys() - file.keys())
    if missing:
        raise expected(f"tensor {missing[0]} in {path}", f"a file without {len(missing)} of {len(table)} tensors")
    surplus = sorted(name for name in file.keys() - table.keys() if not NOT_LOADED.fullmatch(name))
    if surplus:
        raise expected(f"only the backbone's tensors in {path}", f"{len(surplus)} others, {surplus[0]} among them")
    values = {name: _in_our_layout(file[name]) for name in table}
    for name, variable in table.items():
        if values[name].shape != tuple(variable.shape):
            raise expected(f"{name} of shape {tuple(variable.shape)} (ours) in {path}", f"{values[name].shape}")
    for name, variable in table.items():
        variable.assign(values[name])


def _in_our_layout(tensor: np.ndarray) -> np.ndarray:
    """Turn a kernel (out, in, H, W) into (H, W, in, out); vectors stay."""
    return tensor.transpose(2, 3, 1, 0) if tensor.ndim == 4 else tensor


def fetch_and_load(backbone: keras.Model, name: str) -> Path:
    """Load the ImageNet weights called "resnet18" or "resnet34" from the hub; return the cached file (45 or 87 MB).

    Raises UserError, with the three ways on, when they cannot be fetched; ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"Expected a name in {NAMES}. Received: {name!r}")
    url = HUB.format(name=name)
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    cached = home / "models" / f"{name}.tv_in1k.safetensors"
    try:
        path = keras.utils.get_file(cached.name, url, cache_subdir="models", cache_dir=str(home))
    except Exception as error:  # get_file raises a bare Exception for a network that fails
        raise UserError(
            f"Expected the ImageNet weights of {name} from {url}. Received: {str(error).splitlines()[0]}. "
            f"Fetch that file elsewhere and copy it to {cached}; or give a checkpoint with --init PATH; "
            "or start from random weights with --init scratch."
        ) from error
    load_torchvision(backbone, path)
    return Path(path)


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
