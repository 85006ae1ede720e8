"""Files of `torch.save`, written by hand in both of its formats: nothing here needs PyTorch."""

import pickle
import struct
import zipfile

import numpy as np

KINDS = {"float32": "FloatStorage", "float64": "DoubleStorage", "float16": "HalfStorage", "int64": "LongStorage"}
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
PROTO, STOP, MARK, TUPLE, REDUCE, SETITEM, EMPTY_TUPLE = b"\x80\x02", b".", b"(", b"t", b"R", b"s", b")"
NONE, FALSE, PERSID, BUILD, EMPTY_DICT = b"N", b"\x89", b"Q", b"b", b"}"


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def whole(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def name(module: str, attribute: str) -> bytes:
    return b"c" + f"{module}\n{attribute}\n".encode()


def tuple_of(*items: bytes) -> bytes:
    return MARK + b"".join(items) + TUPLE


def storage(key: str, kind: str, length: int, *, old: bool) -> bytes:
    parts = [text("storage"), name("torch", kind), text(key), text("cpu"), whole(length), *([NONE] if old else [])]
    return tuple_of(*parts) + PERSID


ORDERED_DICT = name("collections", "OrderedDict") + EMPTY_TUPLE + REDUCE


def tensor(reference: bytes, shape, strides, offset: int = 0) -> bytes:
    arguments = (
        reference,
        whole(offset),
        tuple_of(*map(whole, shape)),
        tuple_of(*map(whole, strides)),
        FALSE,
        ORDERED_DICT,
    )
    return name("torch._utils", "_rebuild_tensor_v2") + tuple_of(*arguments) + REDUCE


def strides_of(array: np.ndarray) -> list[int]:
    return [stride // array.itemsize for stride in array.strides]


def state(items: dict[str, bytes]) -> bytes:
    """A state dict's pickle: an OrderedDict with PyTorch's `_metadata` among its attributes."""
    filled = b"".join(text(key) + value + SETITEM for key, value in items.items())
    attributes = EMPTY_DICT + text("_metadata") + ORDERED_DICT + SETITEM
    return PROTO + ORDERED_DICT + filled + attributes + BUILD + STOP


def numbers(array: np.ndarray) -> bytes:
    """The storage of `array`: its numbers in the order in which they lie in memory, whatever its strides."""
    return array.tobytes(order="A")


def write_zip(path, arrays: dict[str, np.ndarray], pickled: bytes | None = None):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled or state(_tensors(arrays, old=False)))
        archive.writestr("archive/byteorder", "little")
        for number, array in enumerate(arrays.values()):
            archive.writestr(f"archive/data/{number}", numbers(array))
        archive.writestr("archive/version", "3\n")
    return path


def write_legacy(path, arrays: dict[str, np.ndarray], pickled: bytes | None = None):
    machine = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    parts = [pickle.dumps(value, protocol=2) for value in (MAGIC, PROTOCOL, machine)]
    parts.append(pickled or state(_tensors(arrays, old=True)))
    keys = [str(number) for number in range(len(arrays))]
    parts.append(pickle.dumps(keys, protocol=2))
    for array in arrays.values():
        parts.append(struct.pack("<q", array.size) + numbers(array))
    path.write_bytes(b"".join(parts))
    return path


def _tensors(arrays, *, old: bool) -> dict[str, bytes]:
    return {
        key: tensor(storage(str(number), KINDS[array.dtype.name], array.size, old=old), array.shape, strides_of(array))
        for number, (key, array) in enumerate(arrays.items())
    }
