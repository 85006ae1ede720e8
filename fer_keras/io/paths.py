"""What readers ask of a path before they open it."""

import stat
from pathlib import Path

from fer_keras.io.errors import expected


def require_file(path: Path, what: str, most_bytes: int | None = None) -> Path:
    """Return `path` when it is a regular file that is not empty, `what` being its kind for the message ("a CSV file").

    Raises UserError otherwise: nothing there, no permission, a folder, empty, longer than `most_bytes`, or a pipe or
    device (which would block).
    """
    path = Path(path)
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise expected(f"{what} at {path}", reason(error)) from error
    if stat.S_ISDIR(found.st_mode):
        raise expected(f"{what} at {path}", "a folder")
    if not stat.S_ISREG(found.st_mode):
        raise expected(f"{what} at {path}", "a pipe or device")
    if not found.st_size:
        raise expected(f"{what} at {path}", "an empty file")
    if most_bytes is not None and found.st_size > most_bytes:
        raise expected(f"{what} of at most {most_bytes} bytes at {path}", f"{found.st_size} bytes")
    return path


def reason(error: Exception) -> str:
    """Return the system's words for an error, without number and path, on one line."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).replace("\n", " ")
