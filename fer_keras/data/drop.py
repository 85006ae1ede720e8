"""The list of Training rows that a data set is better without: dropped.csv, as `fer_keras.clean` writes it.

Rows of other splits are never on it: what is scored stays what everybody scores.
"""

import collections
import csv
import dataclasses
import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_keras.config.labels import TRAIN
from fer_keras.data.faces import Faces
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason, require_file

COLUMNS = ("row", "split", "label", "reason", "detail", "file")


class Drop(NamedTuple):
    """A row to leave out: its id, split and class name, why, and more about it; `file` where it could not be read."""

    row: int
    split: str
    label: str
    reason: str
    detail: str = ""
    file: str = ""


@dataclasses.dataclass(frozen=True)
class DropList:
    """The rows of a dropped.csv, with its name and sha256."""

    drops: tuple[Drop, ...]
    name: str
    sha256: str

    @property
    def rows(self) -> np.ndarray:
        """Row ids, int64 [N], of the rows that can be read."""
        return np.array([drop.row for drop in self.drops if not drop.file], np.int64)

    @property
    def unreadable(self) -> frozenset[str]:
        """Files that a reader of folders is to leave out, as paths inside the data set."""
        return frozenset(drop.file for drop in self.drops if drop.file)

    def described(self) -> dict:
        """Return {"list", "sha256", "rows", "reasons": {reason: rows}} for the record."""
        reasons = collections.Counter(drop.reason for drop in self.drops)
        return {"list": self.name, "sha256": self.sha256, "rows": len(self.drops), "reasons": dict(reasons)}


def write(path: Path, drops: list[Drop]) -> None:
    """Write the list as CSV, atomically, ordered by row."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(sorted(drops))
    files.write(path, lambda part: part.write_text(text.getvalue(), encoding="utf-8"))


def read(path: Path) -> DropList:
    """Read a list. Raises UserError, naming file and line, for anything that `write` does not write."""
    path = require_file(path, "a list of images to drop")
    try:
        content = path.read_bytes()
        header, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    except (OSError, ValueError, csv.Error) as error:
        raise expected(f"a list of images to drop at {path}", reason(error)) from error
    if tuple(header) != COLUMNS:
        raise expected(f'the header "{",".join(COLUMNS)}" in {path}', ascii(",".join(header)[:80]))
    drops = tuple(_drop(fields, f"{path} line {number}") for number, fields in enumerate(lines, start=2))
    if len({drop.row for drop in drops}) < len(drops):
        raise expected(f"each row once in {path}", "a row that stands there twice")
    return DropList(drops, path.name, hashlib.sha256(content).hexdigest())


def _drop(fields: list[str], where: str) -> Drop:
    if len(fields) != len(COLUMNS):
        raise expected(f"{len(COLUMNS)} columns in {where}", len(fields))
    if not (fields[0].isdecimal() and len(fields[0]) < 10):
        raise expected(f"a row number in {where}", ascii(fields[0][:60]))
    if fields[1] != TRAIN:
        raise expected(
            f"images of {TRAIN} only in {where}", ascii(fields[1][:60]), "Evaluation images are never dropped."
        )
    return Drop(int(fields[0]), *fields[1:])


def require_fits(dropped: DropList, faces: Faces) -> None:
    """Raise UserError unless every readable row of the list is a row of `faces`, with this split and label."""
    place = {row: at for at, row in enumerate(faces.rows.tolist())}
    for drop in dropped.drops:
        at = place.get(drop.row)
        if drop.file and at is None:
            continue
        told = "no such row" if at is None else f"{faces.split[at]}, {faces.class_names[faces.labels[at]]}"
        if told != f"{drop.split}, {drop.label}":
            what = f"row {drop.row} of {dropped.name} ({drop.split}, {drop.label}) in {faces.source}"
            raise expected(
                what, told, "The list was made for other data: python -m fer_keras.clean makes one for these."
            )


def remaining(faces: Faces, dropped: DropList) -> Faces:
    """Return the faces that are not on the list. Raises UserError when none is left."""
    kept = ~np.isin(faces.rows, dropped.rows)
    if not kept.any():
        raise expected(f"rows that are not on {dropped.name}", "none")
    return faces.take(kept)
