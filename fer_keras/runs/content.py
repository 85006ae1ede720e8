"""Digests of files: what a run is made from counts by its content, whatever the file is called."""

import hashlib
import pathlib

from fer_keras.io.errors import UserError


def content_digest(path: pathlib.Path) -> str:
    """Return the sha256 of a file. Raises UserError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error
