"""Files that are either the old one or the new one, never half of either."""

import contextlib
import fcntl
import json
import os
import pathlib
from collections.abc import Callable

from fer_keras.errors import UserError


def write(path: pathlib.Path, writer: Callable[[pathlib.Path], None]) -> None:
    """Let `writer` fill a temporary file beside `path`, flush it to disk, then rename it into place.

    Raises UserError when the disk is full or the folder cannot be written; `path` is then as it was.
    """
    part = path.with_name(f".{path.name}.part{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(part)
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise UserError(
            f"Cannot write {path}: {error.strerror or error}. Free space or choose another --out."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_json(path: pathlib.Path, value) -> None:
    """Write `value` as JSON, atomically. NaN becomes null, so that every reader can parse it."""
    text = json.dumps(_finite(value), indent=1, ensure_ascii=False) + "\n"
    write(path, lambda part: part.write_text(text, encoding="utf-8"))


def _finite(value):
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


@contextlib.contextmanager
def locked(folder: pathlib.Path):
    """Hold `folder` (made when missing) for this process; the kernel lets go when the process ends, however it ends.

    Raises UserError when another process holds it, or it cannot be written.
    """
    lock = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise UserError(f"Cannot write to {folder}: {error.strerror}. Choose another --out.") from error
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(f"{folder} is in use by another run. Wait for it, or choose another --out.") from error
        yield
