"""FER2013 as a CSV file: fer2013.csv ("emotion,pixels,Usage") or icml_face_data.csv ("emotion, Usage, pixels")."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES, USAGE
from fer_keras.data.faces import Faces
from fer_keras.data.files import reason, require_file
from fer_keras.data.readers.pixels import parse_pixels
from fer_keras.io.errors import expected

SIDE = 48
PIXELS = SIDE * SIDE
COLUMNS = ("emotion", "pixels", "usage")
ROWS_AT_ONCE = 64
LONGEST_LINE = 1 << 16
READ_AT_ONCE = 1 << 22


def read(path: Path) -> Faces:
    """Read either CSV file, told apart by its header; `rows` count its rows of data from 0.

    A byte-order mark, CRLF line ends, quoted fields and a missing last line end are all right.

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
    order = _column_order(next(lines, b""), path)
    images, labels, split = [], [], []
    batch: list[bytes] = []
    for row, line in enumerate(lines):
        label, pixels, usage = _fields(line, order, path, row)
        labels.append(label)
        split.append(usage)
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


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines without their ends, holding one block of the file at a time."""
    number, rest = 0, b""
    with path.open("rb") as file:
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


def _column_order(header: bytes, path: Path) -> tuple[int, ...]:
    """Return the positions of emotion, pixels and Usage."""
    if not header:
        raise expected(f'the header "emotion,pixels,Usage" in {path}', "an empty first line")
    text = header.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    names = [name.strip().strip('"').strip().lower() for name in text.split(",")]
    if sorted(names) != sorted(COLUMNS):
        wanted = 'the header "emotion,pixels,Usage" or "emotion, Usage, pixels"'
        raise expected(f"{wanted} in {path}", _show(header))
    return tuple(names.index(column) for column in COLUMNS)


def _fields(line: bytes, order: tuple[int, ...], path: Path, row: int) -> tuple[int, bytes, str]:
    """Return label 0..6, the pixels as text, and the split."""
    where = f"{path} row {row} (line {row + 2})"
    if not line.strip():
        raise expected(f"a face in {where}", "a blank line")
    fields = line.split(b",")
    if len(fields) != len(COLUMNS):
        raise expected(f"{len(COLUMNS)} columns in {where}", f"{len(fields)} in {_show(line)}")
    label, pixels, usage = (_unquoted(fields[position]) for position in order)
    if len(label) != 1 or not b"0" <= label <= b"6":
        raise expected(f"an emotion 0..6 in {where}", _show(label))
    split = USAGE.get(usage.decode("latin-1"))
    if split is None:
        raise expected(f"a Usage of {', '.join(USAGE)} in {where}", _show(usage))
    return label[0] - ord("0"), pixels, split


def _unquoted(field: bytes) -> bytes:
    field = field.strip(b" \t")
    if len(field) >= 2 and field.startswith(b'"') and field.endswith(b'"'):
        return field[1:-1].strip(b" \t")
    return field


def _pixels(batch: list[bytes], path: Path, first: int) -> np.ndarray:
    """Return uint8 [n, 2304]; on any doubt, look at the rows one by one for the one to name."""
    values = parse_pixels(batch, PIXELS)
    if values is not None:
        return values
    rows = [_pixels_of_row(text, f"{path} row {first + i} (line {first + i + 2})") for i, text in enumerate(batch)]
    return np.array(rows, np.uint8)


def _pixels_of_row(text: bytes, where: str) -> list[int]:
    """Parse one row the slow way, which knows what is wrong."""
    words = text.split()
    for position, word in enumerate(words):
        if not word.isdigit() or len(word) > 9 or int(word) > 255:
            raise expected(f"pixel values 0..255 in {where}", f"{_show(word)} as value {position}")
    if len(words) != PIXELS:
        raise expected(f"{PIXELS} pixel values in {where}", len(words))
    return [int(word) for word in words]


def _show(text: bytes) -> str:
    """At most 60 characters, every unprintable one escaped."""
    return ascii(text[:60].decode("latin-1")) + ("..." if len(text) > 60 else "")
