"""FER+: ten people's votes on each face of FER2013 (Barsoum et al. 2016, arXiv:1608.01041; fer2013new.csv).

The file's columns after Usage and the image's name are the eight expressions of `labels.FERPLUS_CLASSES`, then unknown
and NF (not a face). Its rows stand in fer2013.csv's order.
"""

import csv
import dataclasses
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES, USAGE
from fer_keras.data.faces import Faces
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason, require_file

FILE_NAME = "fer2013new.csv"
HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
CANDIDATES = len(FERPLUS_CLASSES) + 2
MOST_VOTES = 100
MOST_BYTES = 1 << 24
"""Ten times fer2013new.csv; in memory its fields take some hundred times the file's size at the worst."""

LEAST_AGREEMENT = 0.4
FEWEST_TO_JUDGE = 100

_COUNT = {str(number): number for number in range(MOST_VOTES + 1)}
_COUNTERPART = np.array([FER2013_CLASSES.index(name) if name in FER2013_CLASSES else -1 for name in FERPLUS_CLASSES])


def is_count(text: str) -> bool:
    """Say whether `text` is a number of votes."""
    return text in _COUNT


class Votes(NamedTuple):
    """counts: float32 [N, 10], votes by candidate; split: str [N], from the Usage column."""

    counts: np.ndarray
    split: np.ndarray


def read_votes(path: Path) -> Votes:
    """Read fer2013new.csv.

    Raises UserError, naming file and row: a missing file, a wrong header, an unknown Usage, votes that are no counts.
    """
    path = require_file(path, "FER+'s CSV file", MOST_BYTES)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *rows = csv.reader(file)
    except (OSError, ValueError, csv.Error) as error:
        raise expected(f"FER+'s CSV file at {path}", reason(error)) from error
    if ",".join(name.strip() for name in header) != HEADER:
        raise expected(f'the header "{HEADER}" in {path}', ascii(",".join(header)[:120]))
    if not rows:
        raise expected(f"rows of votes in {path}", "a header and nothing after it")
    parsed = [_row(fields, path, row) for row, fields in enumerate(rows)]
    return Votes(np.array([counts for _, counts in parsed], np.float32), np.array([split for split, _ in parsed]))


def _row(fields: list[str], path: Path, row: int) -> tuple[str, list[int]]:
    try:
        split, counts = USAGE[fields[0]], list(map(_COUNT.__getitem__, fields[2:]))
    except (KeyError, IndexError):
        split, counts = None, []
    if len(counts) == CANDIDATES:
        return split, counts
    where = f"{path} row {row} (line {row + 2})"
    if len(fields) != CANDIDATES + 2:
        raise expected(f"{CANDIDATES + 2} columns in {where}", len(fields))
    if fields[0] not in USAGE:
        raise expected(f"a Usage of {', '.join(USAGE)} in {where}", ascii(fields[0][:60]))
    wrong = next(text for text in fields[2:] if text not in _COUNT)
    raise expected(f"votes 0..{MOST_VOTES} in {where}", ascii(wrong[:60]))


def join(faces: Faces, votes: Votes) -> Faces:
    """Return the faces with the votes of their rows in `votes`, float32 [N, 10].

    Raises UserError when a face has no row there, when the Usage of a row disagrees with the face's split, or when the
    votes' majority agrees with so few of FER2013's labels that the rows cannot be the same faces (it is 68 % on FER2013
    and under 25 % when rows are shuffled; judged from 100 rows on).
    """
    outside = np.flatnonzero((faces.rows < 0) | (faces.rows >= len(votes.counts)))
    if len(outside):
        raise expected(
            f"FER+ votes for row {faces.rows[outside[0]]} of {faces.source}", f"votes for {len(votes.counts)} rows"
        )
    differs = np.flatnonzero(faces.split != votes.split[faces.rows])
    if len(differs):
        row = faces.rows[differs[0]]
        told = f"{votes.split[row]} from FER+ and {faces.split[differs[0]]} from {faces.source}"
        raise expected(f"the same Usage for row {row} in both", told, "The files do not belong together")
    counts = votes.counts[faces.rows]
    agreement, judged = _agreement(faces.labels, counts)
    if judged >= FEWEST_TO_JUDGE and agreement < LEAST_AGREEMENT:
        told = f"{agreement:.0%} of {judged} rows"
        raise expected(
            f"FER+ votes that agree with the labels of {faces.source} in {LEAST_AGREEMENT:.0%} of the rows", told
        )
    return dataclasses.replace(faces, votes=counts)


def _agreement(labels: np.ndarray, counts: np.ndarray) -> tuple[float, int]:
    winners, keep = majority(counts)
    winners = to_fer2013(winners)
    keep = keep & (winners >= 0)
    return (float((winners == labels)[keep].mean()) if keep.any() else 0.0), int(keep.sum())


def majority(votes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return FER+'s majority label of each row and which rows have one.

    The rule of the authors' code (github.com/microsoft/FERPlus, src/ferplus.py, mode "majority"): candidates with a
    single vote are struck out; a candidate wins with more than half of the votes left; a row without a winner, or whose
    winner is unknown or NF, is dropped. It keeps 25,060, 3,199 and 3,153 rows of FER2013's three splits.

    Args:
        votes: [N, 10].

    Returns (labels int64 [N], index into FERPLUS_CLASSES, -1 where dropped; keep bool [N]).
    """
    counts = np.where(np.asarray(votes) > 1, votes, 0)
    winner = counts.argmax(axis=1)
    keep = (counts.max(axis=1) > 0.5 * counts.sum(axis=1)) & (winner < len(FERPLUS_CLASSES))
    return np.where(keep, winner, -1), keep


def to_fer2013(labels: np.ndarray) -> np.ndarray:
    """Map labels of FERPLUS_CLASSES to FER2013's, elementwise; contempt has no counterpart and gives -1, as does -1."""
    labels = np.asarray(labels)
    return np.where(labels >= 0, _COUNTERPART[labels], -1)


def soft_labels(votes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return float32 [N, 7]: the share of each FER2013 class among the votes for these classes.

    Votes for contempt, unknown and NF are left out. A row without any other vote gets its FER2013 label (`labels` int
    [N], 0..6) as a one-hot row.
    """
    chosen = np.flatnonzero(_COUNTERPART >= 0)
    counts = np.zeros((len(votes), len(FER2013_CLASSES)), np.float32)
    counts[:, _COUNTERPART[chosen]] = np.asarray(votes)[:, chosen]
    empty = counts.sum(axis=1) == 0
    counts[empty, np.asarray(labels)[empty]] = 1
    return counts / counts.sum(axis=1, keepdims=True)
