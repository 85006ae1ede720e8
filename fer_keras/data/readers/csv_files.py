"""Which file of a folder is FER2013's table: the usual names first, then whatever has its header."""

from pathlib import Path

from fer_keras.data.readers import csv_columns, csv_source
from fer_keras.io.errors import UserError, expected

STEMS = ("fer2013", "icml_face_data")
PACKED = (".csv.gz", ".csv.zip", ".zip", ".tar.gz", ".tgz", ".tar")
"""Endings of the usual names that archives have; those that cannot be read in place are refused with what to do."""


def named(folder: Path) -> Path | None:
    """Return fer2013.csv or icml_face_data.csv in `folder`, in any case of letters; None where neither is there."""
    files = {path.name.lower(): path for path in reversed(_files(folder))}
    return next((files[f"{stem}.csv"] for stem in STEMS if f"{stem}.csv" in files), None)


def unnamed(folder: Path) -> Path | None:
    """Return the file in `folder` that is FER2013's table under another name, packed or not; None where none is.

    Raises UserError where several are.
    """
    files = _files(folder)
    tables = [path for path in files if path.suffix.lower() in (".csv", ".gz", ".zip") and _has_header(path)]
    if len(tables) > 1:
        names = ", ".join(path.name for path in tables)
        raise expected(f"one CSV file of faces in {folder}", names, "Give the one that is meant.")
    usual = {stem + ending for stem in STEMS for ending in PACKED}
    return next(iter([*tables, *(path for path in files if path.name.lower() in usual)]), None)


def _files(folder: Path) -> list[Path]:
    """List the files in `folder` that are not hidden and not empty, by name."""
    if not folder.is_dir():
        return []
    shown = (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))
    return [path for path in shown if path.is_file() and path.stat().st_size]


def _has_header(path: Path) -> bool:
    try:
        return csv_columns.is_header(csv_source.first_line(path))
    except (OSError, UserError):
        return False
