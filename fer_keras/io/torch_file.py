"""Reads the tensors of a PyTorch state dict (.pth, .pt), whoever wrote it: checked, bounded, without PyTorch.

`torch.save` writes a pickle that says which tensors there are, and their numbers as raw bytes: since PyTorch 1.6 as
members of a zip archive ("archive/data.pkl", "archive/data/0", ...), before that one after the other in the same file
(magic number, protocol, machine, pickle, keys of the storages, and for each its length and its numbers). The pickle is
read by `pickle_values`, which runs nothing.
"""

import io
import math
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_keras.io import pickle_values
from fer_keras.io.errors import expected

LARGEST = 1 << 30
"""Bytes of a file; EfficientNet-Lite0's has 19 million."""

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MOST_AXES = 32
DTYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
}
REBUILD_TENSOR = pickle_values.Name("torch._utils", "_rebuild_tensor_v2")


class _Storage(NamedTuple):
    key: str
    dtype: np.dtype
    length: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Return {name: array} of the state dict at `path`, in its order; the arrays are read-only views.

    Raises UserError, in one line, for anything but an OrderedDict of tensors of plain numbers: a missing, damaged or
    overlong file, a whole pickled model, a call that builds no tensor, a tensor larger than its storage.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise ValueError("a folder, pipe or device")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"over {LARGEST} bytes")
        file = io.BytesIO(content)
        return _from_archive(file) if content[:4] == b"PK\x03\x04" else _from_stream(file)
    except Exception as error:  # pickletools and zipfile raise nearly anything for damaged bytes
        reason = getattr(error, "strerror", None) or (str(error) if isinstance(error, ValueError) else "damaged bytes")
        raise expected(f"a PyTorch state dict (only tensors by name) in {path}", reason[:200]) from error


def _from_archive(file) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(file) as archive:
        members = {member.filename: member for member in archive.infolist()}
        pickles = [name for name in members if name.endswith("/data.pkl")]
        if len(pickles) != 1 or any(member.compress_type != zipfile.ZIP_STORED for member in members.values()):
            raise ValueError("an archive that torch.save did not write")
        prefix = pickles[0].removesuffix("data.pkl")
        if members.get(f"{prefix}byteorder") and archive.read(f"{prefix}byteorder").strip() != b"little":
            raise ValueError("numbers of another byte order")
        tensors = _tensors(io.BytesIO(archive.read(pickles[0])))
        storages = {tensor.storage for tensor in tensors.values()}
        numbers = {storage: _numbers(archive.read(f"{prefix}data/{storage.key}"), storage) for storage in storages}
    return {name: _array(numbers[tensor.storage], tensor, name) for name, tensor in tensors.items()}


def _from_stream(file) -> dict[str, np.ndarray]:
    if _plain(file) != MAGIC or _plain(file) != PROTOCOL:
        raise ValueError("no file of torch.save")
    if _plain(file).get("little_endian") is not True:
        raise ValueError("numbers of another byte order")
    tensors = _tensors(file)
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    numbers = {}
    for key in _plain(file):
        storage = storages[key]
        if int.from_bytes(file.read(8), "little") != storage.length:
            raise ValueError(f"storage {key} of another length than its tensor says")
        numbers[storage] = _numbers(file.read(storage.length * storage.dtype.itemsize), storage)
    return {name: _array(numbers[tensor.storage], tensor, name) for name, tensor in tensors.items()}


def _plain(file):
    return pickle_values.read(file, _refuse, _refuse)


def _refuse(*values):
    raise ValueError("a pickle that calls or refers to something where plain values belong")


def _tensors(file) -> dict[str, _Tensor]:
    state = pickle_values.read(file, _tensor, _storage)
    if not isinstance(state, pickle_values.StateDict):
        raise ValueError(f"a {type(state).__name__} where an OrderedDict of tensors belongs")
    for name, value in state.items():
        if not isinstance(value, _Tensor):
            raise ValueError(f"{name}, which is no tensor")
    return state


def _tensor(called: pickle_values.Name, arguments: tuple) -> _Tensor | None:
    """Return what `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` would make."""
    if called != REBUILD_TENSOR:
        raise ValueError(f"a call of {called.module}.{called.name}, which builds no tensor")
    storage, offset, shape, strides, _, hooks = arguments
    if not isinstance(storage, _Storage) or hooks != {} or not all(map(_is_counts, (shape, strides, (offset,)))):
        raise ValueError("a tensor made of other things than a storage, an offset, a shape and strides")
    if len(shape) != len(strides) or len(shape) > MOST_AXES:
        raise ValueError(f"a tensor of {len(shape)} axes and {len(strides)} strides")
    return _Tensor(storage, offset, shape, strides)


def _is_counts(values) -> bool:
    return type(values) is tuple and all(type(value) is int and value >= 0 for value in values)


def _storage(identifier) -> _Storage:
    """Return what ("storage", type, key, device, length) names; the old format adds a view, which must be None."""
    if type(identifier) is not tuple or len(identifier) not in (5, 6) or identifier[5:] not in ((), (None,)):
        raise ValueError("a reference to something that is no storage")
    word, kind, key, _, length = identifier[:5]
    if word != "storage" or not isinstance(key, str) or not _is_counts((length,)):
        raise ValueError("a reference to something that is no storage")
    if not isinstance(kind, pickle_values.Name) or kind.module != "torch" or kind.name not in DTYPES:
        raise ValueError(f"numbers other than {', '.join(DTYPES)}")
    return _Storage(key, np.dtype(DTYPES[kind.name]), length)


def _numbers(content: bytes, storage: _Storage) -> np.ndarray:
    if len(content) != storage.length * storage.dtype.itemsize:
        raise ValueError(f"storage {storage.key} of {len(content)} bytes, not {storage.length} numbers")
    return np.frombuffer(content, storage.dtype)


def _array(numbers: np.ndarray, tensor: _Tensor, name: str) -> np.ndarray:
    """Return the view of `numbers` that `tensor` describes, no number of which lies outside."""
    count = math.prod(tensor.shape)
    steps = sum((side - 1) * stride for side, stride in zip(tensor.shape, tensor.strides, strict=True))
    if count > len(numbers) or (count and tensor.offset + steps >= len(numbers)):
        raise ValueError(f"{name} of shape {tensor.shape} in {len(numbers)} numbers")
    if not count:
        return np.zeros(tensor.shape, numbers.dtype)
    bytes_apart = [stride * numbers.itemsize for stride in tensor.strides]
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, bytes_apart, writeable=False)
