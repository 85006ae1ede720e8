"""Which column of a CSV file of faces is which, and what its labels and Usages mean."""

from pathlib import Path
from typing import NamedTuple

from fer_keras.config.labels import FER2013_CLASSES, USAGE, canonical
from fer_keras.io.errors import UserError, expected

COLUMNS = {"emotion": ("emotion", "emotions", "label"), "pixels": ("pixels", "pixel"), "usage": ("usage",)}
"""{what is wanted: the headings it goes by}, in any case of letters."""

SEPARATORS = (b",", b";", b"\t")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Columns(NamedTuple):
    """How a row is taken apart: separator, number of columns, and where emotion, pixels and Usage stand."""

    separator: bytes
    count: int
    order: tuple[int, int, int]


def of_header(header: bytes, path: Path) -> Columns:
    """Return the columns that the first line names, in any order and among others (an index, say).

    Commas, semicolons or tabs separate them. Raises UserError where one is missing or there twice.
    """
    if not header:
        raise expected(f'the header "emotion,pixels,Usage" in {path}', "an empty first line")
    columns = _columns(header)
    if columns is None:
        wanted = 'the header "emotion,pixels,Usage" or "emotion, Usage, pixels"'
        raise expected(f"{wanted} in {path}", shown(header), _then(header))
    return columns


def _then(header: bytes) -> str:
    """Say what to do about a table that has everything but the split, as the challenge's own train.csv."""
    if _columns(header + max(SEPARATORS, key=header.count) + b"Usage") is None:
        return ""
    return "Without Usage nothing says which faces test: icml_face_data.csv of the same download has it."


def is_header(line: bytes) -> bool:
    """Say whether `line` names each of emotion, pixels and Usage once."""
    return _columns(line) is not None


def _columns(header: bytes) -> Columns | None:
    separator = max(SEPARATORS, key=header.count)
    text = header.removeprefix(BYTE_ORDER_MARK).decode("latin-1")
    names = [name.strip().strip('"').strip().lower() for name in text.split(separator.decode())]
    places = [[at for at, name in enumerate(names) if name in known] for known in COLUMNS.values()]
    if any(len(place) != 1 for place in places):
        return None
    return Columns(separator, len(names), tuple(place[0] for place in places))


def fields(line: bytes, columns: Columns, where: str) -> list[bytes]:
    """Return emotion, pixels and Usage of a row as text without quotes. Raises UserError for another number of columns."""
    every = line.split(columns.separator)
    if len(every) != columns.count:
        raise expected(f"{columns.count} columns in {where}", f"{len(every)} in {shown(line)}")
    return [unquoted(every[position]) for position in columns.order]


def unquoted(field: bytes) -> bytes:
    field = field.strip(b" \t")
    if len(field) >= 2 and field.startswith(b'"') and field.endswith(b'"'):
        return field[1:-1].strip(b" \t")
    return field


class Labels(dict):
    """{text of a label: 0..6}: a digit, a digit with `.0` as spreadsheets write it, or a class by name or synonym."""

    def __init__(self):
        super().__init__()
        for label in range(len(FER2013_CLASSES)):
            self[b"%d" % label] = self[b"%d.0" % label] = label

    def __missing__(self, text: bytes) -> int:
        name = canonical(text.decode("latin-1"))
        if name not in FER2013_CLASSES:
            raise expected("a class of FER2013", name)
        self[text] = FER2013_CLASSES.index(name)
        return self[text]


LABELS = Labels()
USAGES = {word.lower().encode(): split for word, split in USAGE.items()}


def label_of(text: bytes, where: str) -> int:
    """Return the label 0..6 of `text`. Raises UserError for anything else."""
    try:
        return LABELS[text]
    except UserError as error:
        raise expected(f"an emotion 0..6, or a class's name, in {where}", shown(text)) from error


def split_of(text: bytes, where: str) -> str:
    """Return the split of a Usage, in any case of letters. Raises UserError for another word."""
    split = USAGES.get(text.lower())
    if split is None:
        raise expected(f"a Usage of {', '.join(USAGE)} in {where}", shown(text))
    return split


def shown(text: bytes) -> str:
    """Return at most 60 characters of `text`, every unprintable one escaped."""
    return ascii(text[:60].decode("latin-1")) + ("..." if len(text) > 60 else "")
