"""FER2013 as parquet files, as data hubs convert it: train-00000-of-00001.parquet, or train/0000.parquet, and so on.

Needs pyarrow, which is looked for only when such a file is read.
"""

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TEST, TRAIN, canonical
from fer_keras.data.faces import Faces
from fer_keras.data.readers import csv_columns, face_file, folder_entries, folder_names
from fer_keras.data.readers.pixels import parse_pixels
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import reason, require_file

LAYOUT = "parquet files called train-..., validation-... and test-..."
BELOW = (".", "data", "default")
SHARD = re.compile(r"-\d{1,6}-of-\d{1,6}.*|-[0-9a-f]{16}$|\d+$")
KNOWN = (("image", "img_bytes", "img", "pixels"), ("label", "labels", "emotion", "emotions"), ("usage",))
"""The names of the columns of images, labels and Usages."""

ORDER = (TRAIN, PUBLIC, PRIVATE, TEST)
ROWS_AT_ONCE = 1024
MOST_ROWS = 1_000_000


class Columns(NamedTuple):
    """Which column holds the images, the labels and, None without one, the Usage; `names` are the labels', if told."""

    image: str
    label: str
    usage: str | None
    names: tuple[str, ...] | None


def is_one(path: Path) -> bool:
    """Say whether `path` is such a file, or a folder with files of a split train in it."""
    return path.suffix.lower() == ".parquet" if path.is_file() else any(split == TRAIN for split, _ in _files(path))


def read(path: Path) -> Faces:
    """Read the files in `path`, or the one that it is.

    Images are encoded files or FER2013's text of pixels. Labels are names, numbers that the file's metadata names, or a
    column `emotion`, which has FER2013's numbers. A column Usage gives the split, and then a row is its place in the
    file, as in fer2013.csv. Else the file's name gives the split (validation and test of FER2013's counts are PublicTest
    and PrivateTest), and rows are numbered from 100,000 on.

    Returns Faces with images [N, 48, 48, 1]. Raises UserError, naming file and row, for anything else, and where pyarrow
    is not installed.
    """
    path = Path(path)
    files = sorted(_files(path), key=lambda file: ORDER.index(file[0])) if path.is_dir() else [(_split(path), path)]
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        tables = [_table(file, split) for split, file in files]
    images, labels, split = (np.concatenate(column) for column in zip(*(table[:3] for table in tables), strict=True))
    as_csv = len(tables) == 1 and tables[0][3]
    meant = {} if as_csv else folder_entries.by_counts(zip(split.tolist(), labels.tolist(), strict=True))
    return Faces(
        images=images[..., None],
        labels=labels,
        split=np.array([meant.get(name, name) for name in split.tolist()]),
        rows=np.arange(len(labels)) + (0 if as_csv else folder_entries.FIRST_RUNNING_ROW),
        class_names=FER2013_CLASSES,
        source=path.name,
    )


def _files(path: Path) -> list[tuple[str, Path]]:
    """Return (split, file) of the parquet files in `path`, in the usual folders of it, and in a folder a split there."""
    for folder in (path / below for below in BELOW):
        files = [*folder.glob("*.parquet"), *folder.glob("*/*.parquet")] if folder.is_dir() else []
        named = [(_split(file), file) for file in sorted(files)]
        if any(split for split, _ in named):
            return [(split, file) for split, file in named if split]
    return []


def _split(file: Path) -> str | None:
    """Return the split that a file's name means, else its folder's."""
    return folder_names.split_of(SHARD.sub("", file.stem)) or folder_names.split_of(file.parent.name)


def _table(path: Path, split: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """Return images uint8 [N, 48, 48], labels, splits of a file, and whether a column gave the splits."""
    parquet, path = _pyarrow(path), require_file(path, "a parquet file")
    try:
        with parquet.ParquetFile(path) as file:
            columns = _columns(file.schema_arrow, path)
            if columns.usage is None and split is None:
                raise expected(f"a column Usage in {path}, or train, validation or test in its name", "neither")
            if not 0 < file.metadata.num_rows <= MOST_ROWS:
                raise expected(f"1 to {MOST_ROWS:,} rows in {path}", file.metadata.num_rows)
            faces = [_face(row, columns, split, where) for where, row in _rows(file, columns, path)]
    except UserError:
        raise
    except Exception as error:  # pyarrow raises errors of many kinds for damaged files.
        raise expected(f"a parquet file that can be read at {path}", reason(error)) from error
    images, labels, splits = zip(*faces, strict=True)
    return np.stack(images), np.array(labels, np.int64), np.array(splits), columns.usage is not None


def _pyarrow(path: Path):
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise expected(f"pyarrow, to read {path}", "no such package", "Install it: pip install pyarrow") from error
    return pyarrow.parquet


def _rows(file, columns: Columns, path: Path) -> Iterator[tuple[str, dict]]:
    wanted, row = [name for name in (columns.image, columns.label, columns.usage) if name], 0
    for batch in file.iter_batches(ROWS_AT_ONCE, columns=wanted):
        for values in batch.to_pylist():
            yield f"{path} row {row}", values
            row += 1


def _columns(schema, path: Path) -> Columns:
    """Return which columns are which, by their names in any case of letters. Raises UserError where one is missing."""
    named = {name.lower(): name for name in schema.names}
    image, label, usage = (next((named[name] for name in known if name in named), None) for known in KNOWN)
    if image is None or label is None:
        raise expected(f"columns image and label in {path}", ", ".join(schema.names))
    return Columns(image, label, usage, _label_names(schema, label))


def _label_names(schema, label: str) -> tuple[str, ...] | None:
    """Return the names of a column of numbers: those of a data hub's metadata, or FER2013's where it is called emotion."""
    try:
        told = json.loads(schema.metadata[b"huggingface"])["info"]["features"][label]["names"]
        return tuple(canonical(str(name)) for name in told)
    except (TypeError, KeyError, ValueError, UserError):
        return FER2013_CLASSES if label.lower() in ("emotion", "emotions") else None


def _face(row: dict, columns: Columns, split: str | None, where: str) -> tuple[np.ndarray, int, str]:
    if columns.usage:
        split = csv_columns.split_of(str(row[columns.usage]).encode(), where)
    return _image(row[columns.image], where), _label(row[columns.label], columns.names, where), split


def _label(value, names: tuple[str, ...] | None, where: str) -> int:
    if isinstance(value, str):
        return csv_columns.label_of(value.encode(), where)
    if names is None:
        raise expected(f"labels by name, or numbers that the file's metadata names, in {where}", repr(value)[:60])
    if not isinstance(value, int) or not 0 <= value < len(names) or names[value] not in FER2013_CLASSES:
        raise expected(f"a label of {', '.join(names)} in {where}", repr(value)[:60])
    return FER2013_CLASSES.index(names[value])


def _image(value, where: str) -> np.ndarray:
    content = value.get("bytes") if isinstance(value, dict) else value
    if isinstance(content, str):
        pixels = parse_pixels([content.encode()], face_file.SIDE**2)
        if pixels is None:
            raise expected(f"{face_file.SIDE**2} pixel values 0..255 in {where}", repr(content)[:60])
        return pixels.reshape(face_file.SIDE, face_file.SIDE)
    if not isinstance(content, bytes):
        raise expected(f"an encoded image in {where}", repr(value)[:60])
    return face_file.of_bytes(content, f"in {where}")
