"""Is this an official copy of its data set? Images of each class, and what happens when they differ."""

from fer_keras.config.datasets import FER2013, Facts
from fer_keras.config.labels import PRIVATE, PUBLIC, TEST
from fer_keras.data.faces import Faces
from fer_keras.io.errors import expected

Table = dict[str, dict[str, int]]


def official_counts(merged: bool = False) -> Table:
    """Return {split: {class: rows}} of FER2013: 28,709 Training, 3,589 PublicTest and 3,589 PrivateTest rows.

    With `merged`, as in the image-folder re-issue: train, and a test split of 7,178 rows that joins the last two.
    """
    return _tables(FER2013)[merged]


def _tables(facts: Facts) -> list[Table]:
    return [
        {split: dict(zip(facts.class_names, numbers, strict=True)) for split, numbers in counts.items()}
        for counts in facts.counts
    ]


def is_merged(faces: Faces) -> bool:
    """Say whether the faces have the merged test split, so that PublicTest and PrivateTest cannot be told apart."""
    return TEST in faces.split and PUBLIC not in faces.split and PRIVATE not in faces.split


def check(faces: Faces, facts: Facts = FER2013) -> list[str]:
    """Return how the faces differ from the data set's counts, one line a difference; empty for an official copy.

    Of several official counts (FER2013's with the test splits merged, or not) the nearest with the same splits are meant.
    Counts are all that is looked at. Where none are published, that is the difference.
    """
    if faces.class_names != facts.class_names:
        return [f"classes: {', '.join(faces.class_names)} instead of {', '.join(facts.class_names)}"]
    tables = _tables(facts)
    if not tables:
        return [f"{facts.title} has no official counts to hold it against"]
    counts = faces.counts()
    alike = [table for table in tables if set(table) == set(counts)] or [tables[-1] if is_merged(faces) else tables[0]]
    return min((_differences(counts, table) for table in alike), key=len)


def _differences(counts: Table, wanted: Table) -> list[str]:
    differences = [
        f"split {split}: {_total(counts, split)} rows instead of none" for split in counts if split not in wanted
    ]
    for split, classes in wanted.items():
        if _total(counts, split) != sum(classes.values()):
            differences.append(f"split {split}: {_total(counts, split):,} rows instead of {sum(classes.values()):,}")
        for name, number in classes.items():
            received = counts.get(split, {}).get(name, 0)
            if received != number:
                differences.append(f"split {split}, {name}: {received:,} rows instead of {number:,}")
    return differences


def require_official(faces: Faces, allow_unofficial: bool, facts: Facts = FER2013) -> bool:
    """Return whether the faces have the data set's counts; the caller stamps its report when they do not.

    True does not mean that there is a PublicTest and a PrivateTest: ask `is_merged`.
    Raises UserError when they differ and `allow_unofficial` is False.
    """
    differences = check(faces, facts)
    if differences and not allow_unofficial:
        others = f" (and {len(differences) - 1} more differences)" if len(differences) > 1 else ""
        then = "Give --allow-unofficial to run on it; every page of the report will say so"
        raise expected(f"the official {facts.title} in {faces.source}", f"{differences[0]}{others}", then)
    return not differences


def _total(counts: Table, split: str) -> int:
    return sum(counts.get(split, {}).values())
