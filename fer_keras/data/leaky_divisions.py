"""Divisions in which PrivateTest rows are trained on, to measure what a leak is worth: two leaky ones and a control.

Each takes (faces, seed), pools all rows, tests on 20 % and selects on 10 % of the rest, and returns
(train, select, test); `data.splits` seals the test rows. What differs is on which side a picture's copies fall.
"""

import dataclasses

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.data.groups import families
from fer_keras.data.strata import apart

TESTED, SELECTED = 0.2, 0.1
COPY_STEP = 1_000_000
"""The row id of copy number c is the row's own plus c times this: ids stay unique, and say what was copied."""

Parts = tuple[Faces, Faces, Faces]


def grouped(faces: Faces, seed: int) -> Parts:
    """The control: all copies of a picture, exact, near and mirrored (`audit.groups`), are on the same side.

    Families are divided, 80/20 and 90/10, stratified by the label of their first row, so the shares hold for families
    and almost for rows.
    """
    family = families(faces)
    rest, tested = _families_apart(faces, family, TESTED, seed)
    train, selected = _families_apart(faces.take(rest), family[rest], SELECTED, seed)
    return faces.take(rest[train]), faces.take(rest[selected]), faces.take(tested)


def duplicates(faces: Faces, seed: int) -> Parts:
    """Rows are divided at random, stratified by class, so that copies of a picture fall on both sides: `pooled`'s rows."""
    rest, tested = apart(faces.labels, seed, test_size=TESTED)
    train, selected = apart(faces.labels[rest], seed, test_size=SELECTED)
    return faces.take(rest[train]), faces.take(rest[selected]), faces.take(tested)


def oversampled(faces: Faces, seed: int) -> Parts:
    """Rows are repeated until every class is as large as the largest, and then divided at random.

    Most rows of a small class are then tested on and trained on; the mistake is the order of the two steps.
    """
    return duplicates(balanced(faces, seed), seed)


def balanced(faces: Faces, seed: int) -> Faces:
    """Return every class with as many rows as the largest: each row as often as the others of its class, or once more.

    Which rows get the one more is drawn with the seed. Copy c of row r has the row id r + c * COPY_STEP (c is 0 for the
    row itself). Raises ValueError for row ids that leave no room for that.
    """
    if len(faces) and not 0 <= faces.rows.min() <= faces.rows.max() < COPY_STEP:
        raise ValueError(f"Expected row ids 0..{COPY_STEP - 1}. Received: {faces.rows.min()}..{faces.rows.max()}")
    rng = np.random.default_rng(seed)
    sizes = np.bincount(faces.labels, minlength=len(faces.class_names))
    times = (sizes.max() // np.maximum(sizes, 1))[faces.labels]
    for label in np.flatnonzero(sizes):
        mine = np.flatnonzero(faces.labels == label)
        times[rng.permutation(mine)[: sizes.max() % sizes[label]]] += 1
    positions = np.repeat(np.arange(len(faces)), times)
    copies = np.arange(len(positions)) - np.repeat(np.cumsum(times) - times, times)
    return repeated(faces, positions, copies)


def repeated(faces: Faces, positions: np.ndarray, copies: np.ndarray) -> Faces:
    """Return the faces at `positions` [M], which may repeat, under the row ids of these copies [M]."""
    return dataclasses.replace(
        faces,
        images=faces.images[positions],
        labels=faces.labels[positions],
        split=faces.split[positions],
        rows=faces.rows[positions] + copies * COPY_STEP,
        votes=None if faces.votes is None else faces.votes[positions],
    )


def _families_apart(faces, family, share, seed):
    first, of_row = np.unique(family, return_index=True, return_inverse=True)[1:]
    kept, held = apart(faces.labels[first], seed, test_size=share)
    return np.flatnonzero(np.isin(of_row, kept)), np.flatnonzero(np.isin(of_row, held))
