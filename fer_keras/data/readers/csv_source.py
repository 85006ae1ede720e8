"""FER2013 as a CSV file: fer2013.csv ("emotion,pixels,Usage"), icml_face_data.csv ("emotion, Usage, pixels"), or like them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.data.readers import csv_columns
from fer_keras.data.readers.archives import opened
from fer_keras.data.readers.csv_columns import shown
from fer_keras.data.readers.pixels import parse_pixels
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason, require_file

SIDE = 48
PIXELS = SIDE * SIDE
ROWS_AT_ONCE = 64
LONGEST_LINE = 1 << 16
READ_AT_ONCE = 1 << 22


def read(path: Path) -> Faces:
    """Read such a CSV file, as its header says; `rows` count its rows of data from 0.

    Columns stand in any order, among others, with commas, semicolons or tabs between them; labels are numbers or names.
    A byte-order mark, CRLF line ends, quoted fields, a missing last line end and blank lines at the end are all right,
    and so is a file in gzip, or alone in a zip archive.

    Returns Faces with images [N, 48, 48, 1], splits "train", "public", "private".
    Raises UserError, naming file and row, for anything that is not such a file.
    """
    path = require_file(path, "a CSV file")
    try:
        return _read(path)
    except OSError as error:
        raise expected(f"a readable CSV file at {path}", reason(error)) from error


def _read(path: Path) -> Faces:
    lines = _lines(path)
    columns = csv_columns.of_header(next(lines, b""), path)
    images, labels, split = [], [], []
    batch: list[bytes] = []
    for row, line in enumerate(_without_blank_end(lines, path)):
        where = _where(path, row)
        label, pixels, usage = csv_columns.fields(line, columns, where)
        labels.append(csv_columns.label_of(label, where))
        split.append(csv_columns.split_of(usage, where))
        batch.append(pixels)
        if len(batch) == ROWS_AT_ONCE:
            images.append(_pixels(batch, path, row + 1 - len(batch)))
            batch = []
    if batch:
        images.append(_pixels(batch, path, len(labels) - len(batch)))
    if not images:
        raise expected(f"rows of faces in {path}", "a header and nothing after it")
    return Faces(
        images=np.concatenate(images).reshape(-1, SIDE, SIDE, 1),
        labels=np.array(labels, np.int64),
        split=np.array(split),
        rows=np.arange(len(labels)),
        class_names=FER2013_CLASSES,
        source=path.name,
    )


def first_line(path: Path) -> bytes:
    """Return the first line of the file, unpacked, at most LONGEST_LINE bytes of it."""
    with opened(path) as file:
        return file.read(LONGEST_LINE).split(b"\n")[0].removesuffix(b"\r")


def _where(path: Path, row: int) -> str:
    return f"{path} row {row} (line {row + 2})"


def _without_blank_end(lines: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """Yield the lines up to the blank ones at the end. Raises UserError for a blank line before another."""
    blank = None
    for row, line in enumerate(lines):
        if not line.strip():
            blank = row if blank is None else blank
        elif blank is not None:
            raise expected(f"a face in {_where(path, blank)}", "a blank line")
        else:
            yield line


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines without their ends, holding one block of the file at a time."""
    number, rest = 0, b""
    with opened(path) as file:
        while block := file.read(READ_AT_ONCE):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield _line(line, path, number)
                number += 1
            _line(rest, path, number)
    if rest:
        yield _line(rest, path, number)


def _line(line: bytes, path: Path, number: int) -> bytes:
    if len(line) > LONGEST_LINE:
        where = f"row {number - 1}" if number else "the header"
        raise expected(f"lines of at most {LONGEST_LINE} bytes in {path}", f"a longer one at {where}")
    return line.removesuffix(b"\r")


def _pixels(batch: list[bytes], path: Path, first: int) -> np.ndarray:
    """Return uint8 [n, 2304]; on any doubt, look at the rows one by one for the one to name."""
    values = parse_pixels(batch, PIXELS)
    if values is not None:
        return values
    rows = [_pixels_of_row(text, _where(path, first + i)) for i, text in enumerate(batch)]
    return np.array(rows, np.uint8)


def _pixels_of_row(text: bytes, where: str) -> list[int]:
    """Parse one row the slow way, which knows what is wrong."""
    words = text.split()
    for position, word in enumerate(words):
        if not word.isdigit() or len(word) > 9 or int(word) > 255:
            raise expected(f"pixel values 0..255 in {where}", f"{shown(word)} as value {position}")
    if len(words) != PIXELS:
        raise expected(f"{PIXELS} pixel values in {where}", len(words))
    return [int(word) for word in words]
