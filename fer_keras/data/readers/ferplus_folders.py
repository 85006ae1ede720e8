"""FER+ as its authors' training code lays it out: FER2013Train/, FER2013Valid/ and FER2013Test/, an image a face.

Votes stand in label.csv in each folder ("fer0000000.png,"(0, 0, 48, 48)",4,0,0,1,3,2,0,0,0,0"; github.com/microsoft/
FERPlus), or in fer2013new.csv beside the folders. The two differ for 1,602 faces; label.csv, which that code trains on,
comes first.
"""

import csv
import re
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.config.labels import FERPLUS_CLASSES, PRIVATE, PUBLIC, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.readers import face_file, ferplus
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason, require_file

FOLDERS = {"FER2013Train": TRAIN, "FER2013Valid": PUBLIC, "FER2013Test": PRIVATE}
BELOW = (".", "data", "images", "Images")
LABELS = "label.csv"
NAME = re.compile(r"fer(\d{7})\.png")
FIRST_RUNNING_ROW = 100_000
LAYOUT = "folders FER2013Train/, FER2013Valid/ and FER2013Test/ with label.csv, or with fer2013new.csv beside them"


def is_one(path: Path) -> bool:
    """Say whether `path`, or a usual folder in it, holds the three folders."""
    return _root(path) is not None


def read(path: Path) -> Faces:
    """Read the images that have a majority label in FER+ (`ferplus.majority`); the others are left out, as by the authors.

    With fer2013new.csv in `path` a row is that of fer2013.csv; without it, 100,000 and the number in the image's name.

    Returns Faces with images [N, 48, 48, 1] and splits "train", "public", "private"; rows ascend within a split.
    Raises UserError, naming file and line: votes that are none, an image that is missing or no 48x48 grey one.
    """
    path = Path(path)
    root = _root(path)
    if root is None:
        raise expected(f"{LAYOUT} in {path}", "others")
    try:
        together = _votes_beside(path)
        parts = [_part(root / folder, split, together) for folder, split in FOLDERS.items()]
    except (OSError, csv.Error) as error:
        raise expected(f"readable FER+ folders in {path}", reason(error)) from error
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    images, labels, rows, split = joined
    return Faces(images, labels, split, rows, FERPLUS_CLASSES, f"FER+ folders {path.name}")


def _root(path: Path) -> Path | None:
    candidates = (path / folder for folder in BELOW)
    return next((root for root in candidates if all((root / folder).is_dir() for folder in FOLDERS)), None)


def _votes_beside(path: Path) -> dict[str, tuple[int, list[str]]]:
    """Return {image: (row, votes as text)} of fer2013new.csv in `path`, {} without one; of a name twice, the last row."""
    table = path / ferplus.FILE_NAME
    if not table.is_file():
        return {}
    ferplus.read_votes(table)
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))[1:]
    return {fields[1].strip(): (row, fields[2:]) for row, fields in enumerate(rows) if fields[1].strip()}


def _part(folder: Path, split: str, together: dict) -> tuple[np.ndarray, ...]:
    """Return images, labels, rows and splits of one folder."""
    votes = _listed(folder / LABELS) if (folder / LABELS).is_file() else {n: v for n, (_, v) in together.items()}
    names = sorted(name for name in votes if (folder / name).is_file() or (folder / LABELS).is_file())
    silent = sum(NAME.fullmatch(file.name) is not None and file.name not in votes for file in folder.iterdir())
    if silent:
        print(f"note: {silent} images in {folder} have no votes: not read", file=sys.stderr)
    if not names:
        raise expected(f"images with votes in {folder}", "none", f"Votes stand in {LABELS} or {ferplus.FILE_NAME}.")
    counts = np.array([votes[name] for name in names], np.float32)
    labels, keep = ferplus.majority(counts)
    chosen = [name for name, has_majority in zip(names, keep, strict=True) if has_majority]
    numbers = {name: FIRST_RUNNING_ROW + int(NAME.fullmatch(name)[1]) for name in chosen}
    rows = np.array([together[name][0] if name in together else numbers[name] for name in chosen], np.int64)
    order = np.argsort(rows, kind="stable")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        images = np.array([face_file.decoded(str(folder / chosen[at])) for at in order], np.uint8)
    return (
        images.reshape(-1, face_file.SIDE, face_file.SIDE, 1),
        labels[keep][order],
        rows[order],
        np.repeat(split, len(rows)),
    )


def _listed(table: Path) -> dict[str, list[str]]:
    """Return {image: votes as text} of a label.csv."""
    votes: dict[str, list[str]] = {}
    with require_file(table, "FER+'s labels", ferplus.MOST_BYTES).open(newline="", encoding="utf-8-sig") as file:
        for number, fields in enumerate(csv.reader(file), start=1):
            if not fields:
                continue
            counts = [text.strip() for text in fields[2:]]
            right = len(counts) == ferplus.CANDIDATES and all(ferplus.is_count(text) for text in counts)
            if not NAME.fullmatch(fields[0]) or not right or fields[0] in votes:
                what = f"an image, its box and {ferplus.CANDIDATES} votes, each image once, in {table} line {number}"
                raise expected(what, ascii(",".join(fields)[:80]))
            votes[fields[0]] = counts
    return votes
