"""A cache of what readers made of their files: arrays addressed by content, checked whenever they are loaded.

Three kinds of file lie in the cache folder:

- `seen-<key>`: the sha256 of a source, under a key made of its absolute path, size and modification time (of a folder:
  of every file in it). This is what the cache trusts: a source that changes while all of these stay is not noticed.
- `read-<key>.json`: for a source's sha256 and a reader, what that reader returned, the sha256 of its arrays, and that of
  the two together.
- `<sha256>.npy`: the arrays, one after another. Nothing in it is parsed before its bytes have given this sha256.

What the cache returns is a map of that file, read-only: the system brings in the pages that are looked at and drops them
when it needs the room, so data may be larger than memory, and runs on one machine share it.
"""

import contextlib
import hashlib
import json
import math
import mmap
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.io import files
from fer_keras.io.paths import reason

FORMAT = "3"
ARRAYS = ("images", "labels", "rows", "split")
VALUES = ("class_names", "source", "synthetic")


def default_dir() -> Path:
    """Return $FER_KERAS_CACHE, or ~/.cache/fer_keras."""
    return Path(os.environ.get("FER_KERAS_CACHE") or "~/.cache/fer_keras").expanduser()


def cached(path: Path, read: Callable[[Path], Faces], cache_dir: Path | None = None) -> Faces:
    """Return `read(path)`, from the cache where its answer for this content is there already.

    Reader and content decide: a source that was moved or touched is hashed again, but not parsed again. A damaged entry
    is replaced, and a folder that cannot be written to is done without; either is said in one line on stderr.

    Args:
        path: a file or folder.
        read: a function of a module, known by its name; gives Faces without votes. When it raises, nothing is kept.
        cache_dir: None for `default_dir()`.
    """
    path, folder = Path(path), Path(cache_dir) if cache_dir else default_dir()
    try:
        key = _key(path)
        seen = folder / f"seen-{key}"
        content = _remembered(seen) or _content(path)
    except (OSError, ValueError):
        return read(path)
    entry = folder / f"read-{_sha256(f'{FORMAT} {read.__module__}.{read.__qualname__} {content}'.encode())}.json"
    known = _load(entry)
    faces = read(path) if known is None else known
    try:
        if known is None and _key(path) == key:
            folder.mkdir(parents=True, exist_ok=True)
            _save(faces, entry)
        if entry.exists() and not _remembered(seen):
            _write(seen, content.encode())
    except OSError as error:
        _say(f"the cache {folder} cannot be written to ({reason(error)}): going on without it")
    return faces


def _key(path: Path) -> str:
    seen = hashlib.sha256(str(path.absolute()).encode(errors="surrogateescape"))
    for name, found in _files(path):
        seen.update(f"\n{name}\n{found.st_size}\n{found.st_mtime_ns}".encode(errors="surrogateescape"))
    return seen.hexdigest()


def _files(path: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every regular file in `path`, its full name less `path`, in order, with its stat; "" for `path` itself."""
    root = os.fspath(path)
    if path.is_dir():
        names = sorted(os.path.join(parent, name) for parent, _, names in os.walk(root) for name in names)
    else:
        names = [root]
    for name in names:
        found = os.stat(name)
        if stat.S_ISREG(found.st_mode):
            yield name[len(root) :], found


def _remembered(seen: Path) -> str | None:
    """Return the sha256 that `seen` holds, None when it is missing or holds anything else."""
    text = seen.read_text(errors="replace") if seen.is_file() else ""
    return text if re.fullmatch("[0-9a-f]{64}", text) else None


def _content(path: Path) -> str:
    """Return the sha256 of a file, or of the names and bytes of all files in a folder."""
    content = hashlib.sha256()
    for name, found in _files(path):
        content.update(f"{name}\n{found.st_size}\n".encode(errors="surrogateescape"))
        with open(f"{path}{name}", "rb") as file:
            while block := file.read(1 << 20):
                content.update(block)
    return content.hexdigest()


def _load(entry: Path) -> Faces | None:
    """Return the entry's faces; None when there is no entry, or it is damaged (which is said)."""
    try:
        if not entry.exists():
            return None
        found = files.read_json(entry)
        if found["sha256"] != _sha256(_body(found["arrays"], found["values"])):
            raise ValueError("it does not have its checksum")
        data = _mapped(entry.parent / f"{found['arrays']}.npy")
        if _sha256(data) != found["arrays"]:
            raise ValueError("the arrays do not have their checksum")
        values = {name: found["values"][name] for name in VALUES} | dict(zip(ARRAYS, _unpack(data), strict=True))
        return Faces(**values | {"class_names": tuple(values["class_names"])})
    except FileNotFoundError:
        return None
    except Exception as error:  # damaged bytes raise nearly anything, and the source is there to be read again
        _say(f"{entry} is damaged ({reason(error)}): it is rebuilt")
        return None


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _unpack(data: mmap.mmap) -> Iterator[np.ndarray]:
    """Yield the arrays that were saved one after another, without copying them."""
    while data.tell() < len(data):
        np.lib.format.read_magic(data)
        shape, _, dtype = np.lib.format.read_array_header_1_0(data)
        array = np.frombuffer(data, dtype, math.prod(shape), data.tell())
        data.seek(array.nbytes, os.SEEK_CUR)
        yield array.reshape(shape)


def _save(faces: Faces, entry: Path) -> None:
    with _temporary(entry.parent) as file:
        for name in ARRAYS:
            np.save(file, np.ascontiguousarray(getattr(faces, name)), allow_pickle=False)
        file.seek(0)
        arrays = hashlib.file_digest(file, "sha256").hexdigest()
        _keep(file, entry.parent / f"{arrays}.npy")
    values = {name: getattr(faces, name) for name in VALUES}
    whole = {"sha256": _sha256(_body(arrays, values)), "arrays": arrays, "values": values}
    _write(entry, json.dumps(whole).encode())


def _body(arrays: str, values: dict) -> bytes:
    return json.dumps([arrays, values], sort_keys=True).encode()


def _write(path: Path, data: bytes) -> None:
    with _temporary(path.parent) as file:
        file.write(data)
        _keep(file, path)


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[tempfile._TemporaryFileWrapper]:
    """Give a file that is gone afterwards, unless it has been kept."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _keep(file, path: Path) -> None:
    """Give the file its name, so that it is there whole or not at all, whatever happens meanwhile."""
    file.flush()
    os.fsync(file.fileno())
    os.replace(file.name, path)


def _sha256(data: bytes | mmap.mmap) -> str:
    return hashlib.sha256(data).hexdigest()


def _say(what: str) -> None:
    print(f"note: {what}", file=sys.stderr)
