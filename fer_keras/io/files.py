"""Files that are either the old one or the new one, never half of either; and JSON read with care."""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator

from fer_keras.io.errors import UnwritableError, UserError, expected

LOCK = ".lock"
LONGEST_LINE = 120
LONGEST_JSON = 1 << 24
"""Bytes: a hundred times the longest record. The values in memory take some 25 times that, at the worst."""


def write(path: pathlib.Path, writer: Callable[[pathlib.Path], None], previous: pathlib.Path | None = None) -> None:
    """Let `writer` fill a file that then becomes `path`, as `replacing` does."""
    with replacing(path, previous) as part:
        writer(part)


@contextlib.contextmanager
def replacing(path: pathlib.Path, previous: pathlib.Path | None = None) -> Iterator[pathlib.Path]:
    """Try to make a temporary file beside `path`, and give it to be filled; then flush it to disk and rename it into place.

    The file that `path` was until then becomes `previous`, where that is given. Of a link, the file that it points to is
    replaced. A device, a pipe or /dev/stdout stays what it is: what the block has filled is written to its end.
    Raises UnwritableError when the disk is full or the folder cannot be written; `path` and `previous` are then as they
    were, as they are when the block raises.
    """
    try:
        with _before(path) if _is_stream(path) else _beside(_place(path), previous) as part:
            yield part
    except BrokenPipeError:  # standard output's
        raise
    except OSError as error:
        raise UnwritableError(
            f"Cannot write {path}: {error.strerror or error}. Free space or choose another place."
        ) from error


@contextlib.contextmanager
def _beside(path, previous):
    part = path.with_name(f".{path.name}.part{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        part.unlink()
        yield part
        _flush(part)
        if previous and path.exists():
            path.replace(previous)
        part.replace(path)
        _flush(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def _before(stream):
    with tempfile.TemporaryDirectory() as folder:
        part = pathlib.Path(folder, stream.name)
        yield part
        with part.open("rb") as source, stream.open("ab") as end:
            shutil.copyfileobj(source, end)


def _is_stream(path: pathlib.Path) -> bool:
    """Say whether `path` is no file to be replaced: a device, a pipe, or a name of an open file, as /dev/stdout is one."""
    if not os.path.exists(path) or path.is_dir():
        return False
    return not path.is_file() or path.is_relative_to("/dev") or path.is_relative_to("/proc")


def _place(path: pathlib.Path) -> pathlib.Path:
    """Return where `path` leads, links followed. Raises UnwritableError for a path without a name."""
    if not path.name:
        raise UnwritableError(f"Cannot write {path}: that is a folder. Name a file.")
    try:
        return path.resolve() if path.is_symlink() and (path.is_file() or not path.exists()) else path
    except (OSError, RuntimeError):  # links in a circle; what is wrong shows when it is written
        return path


def _flush(path: pathlib.Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: pathlib.Path, value) -> None:
    """Write `value` as JSON, atomically. NaN becomes null, so that every reader can parse it."""
    text = _lines(_finite(value), 0) + "\n"
    write(path, lambda part: part.write_text(text, encoding="utf-8"))


def _lines(value, depth: int) -> str:
    """Return JSON in which what fits into a line of LONGEST_LINE characters, its key aside, stands in one, else each item."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or depth + len(line) <= LONGEST_LINE:
        return line
    if isinstance(value, dict):
        items = [f"{json.dumps(key, ensure_ascii=False)}: {_lines(item, depth + 1)}" for key, item in value.items()]
    else:
        items = [_lines(item, depth + 1) for item in value]
    first, last = line[0], line[-1]
    return f"{first}\n" + ",\n".join(" " * (depth + 1) + item for item in items) + f"\n{' ' * depth}{last}"


def _finite(value):
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def read_json(path: pathlib.Path):
    """Return the value in the JSON file at `path`, whoever wrote it.

    Raises UserError, in one line, for a file that is missing, no file, longer than LONGEST_JSON, no UTF-8, no JSON, or
    nested deeper than Python can follow.
    """
    try:
        if path.exists() and not path.is_file():
            raise expected(f"JSON in {path}", "a folder, pipe or device")
        with path.open("rb") as file:
            content = file.read(LONGEST_JSON + 1)
    except (OSError, ValueError) as error:
        raise expected(f"JSON in {path}", getattr(error, "strerror", None) or error) from error
    if len(content) > LONGEST_JSON:
        raise expected(f"JSON in {path}", f"over {LONGEST_JSON} bytes")
    return parse_json(content, path)


def parse_json(content: bytes, where: object):
    """Return the value of `content`, which came from `where`. Raises UserError for what is no JSON that can be used."""
    try:
        value = json.loads(content.decode("utf-8"))
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair could never be written again
        return value
    except RecursionError as error:
        raise expected(f"JSON in {where}", "lists or objects nested too deep") from error
    except ValueError as error:
        raise expected(f"JSON in {where}", error) from error


def require_writable(folder: pathlib.Path, how: str = "Choose another --out.") -> None:
    """Make `folder` where it is missing. Raises UserError, ending with `how` to go on, when files cannot be put there."""
    probe = folder / f".probe{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UserError(f"Cannot write to {folder}: {error.strerror}. {how}") from error


@contextlib.contextmanager
def locked(folder: pathlib.Path):
    """Hold `folder` (made when missing) for this process; the kernel lets go when the process ends, however it ends.

    What an earlier process left half-written there is removed.
    Raises UserError when another process holds it, or it cannot be written.
    """
    require_writable(folder)
    with open(folder / LOCK, "ab") as handle:
        if not _acquire(handle):
            raise UserError(f"{folder} is in use by another run. Wait for it, or choose another --out.")
        for part in folder.rglob(".*.part*"):
            with contextlib.suppress(OSError):
                part.unlink()
        yield


@contextlib.contextmanager
def in_turn(folder: pathlib.Path):
    """Hold `folder` (made when missing) once every other process of this machine has let go of it; leaves nothing in it.

    Raises UserError where the folder, or its file system, does not allow it.
    """
    require_writable(folder)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            raise UserError(f"Cannot lock {folder}: {error.strerror}.") from error
        yield
    finally:
        os.close(handle)


def _acquire(handle) -> bool:
    """Take the lock, trying for half a second: `held` has it for a moment when it looks."""
    for wait in (0.1, 0.2, 0.2, 0):
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(wait)
    return False


def held(folder: pathlib.Path) -> bool:
    """Say whether a process holds `folder` at this moment."""
    try:
        with open(folder / LOCK, "rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
