"""Is this the official FER2013? Row and class counts, and what happens when they differ."""

from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TEST, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.io.errors import expected

_COUNTS = {
    TRAIN: (3995, 436, 4097, 7215, 4830, 3171, 4965),
    PUBLIC: (467, 56, 496, 895, 653, 415, 607),
    PRIVATE: (491, 55, 528, 879, 594, 416, 626),
}


def official_counts(merged: bool = False) -> dict[str, dict[str, int]]:
    """Return {split: {class: rows}} of FER2013: 28,709 Training, 3,589 PublicTest and 3,589 PrivateTest rows.

    With `merged`, as in the image-folder re-issue: train, and a test split of 7,178 rows that joins the last two.
    """
    counts = dict(_COUNTS)
    if merged:
        both = zip(counts.pop(PUBLIC), counts.pop(PRIVATE), strict=True)
        counts[TEST] = tuple(public + private for public, private in both)
    return {split: dict(zip(FER2013_CLASSES, numbers, strict=True)) for split, numbers in counts.items()}


def is_merged(faces: Faces) -> bool:
    """Say whether the faces have the merged test split, so that PublicTest and PrivateTest cannot be told apart."""
    return TEST in faces.split and PUBLIC not in faces.split and PRIVATE not in faces.split


def check(faces: Faces) -> list[str]:
    """Return how the faces differ from FER2013's counts, one line a difference; empty for an official copy.

    Faces with the merged test split are held against `official_counts(merged=True)`. Counts are all that is looked at.
    """
    if faces.class_names != FER2013_CLASSES:
        return [f"classes: {', '.join(faces.class_names)} instead of {', '.join(FER2013_CLASSES)}"]
    wanted, found = official_counts(is_merged(faces)), faces.counts()
    differences = [
        f"split {split}: {_total(found, split)} rows instead of none" for split in found if split not in wanted
    ]
    for split, classes in wanted.items():
        if _total(found, split) != sum(classes.values()):
            differences.append(f"split {split}: {_total(found, split):,} rows instead of {sum(classes.values()):,}")
        for name, number in classes.items():
            received = found.get(split, {}).get(name, 0)
            if received != number:
                differences.append(f"split {split}, {name}: {received:,} rows instead of {number:,}")
    return differences


def require_official(faces: Faces, allow_unofficial: bool) -> bool:
    """Return whether the faces have FER2013's counts; the caller stamps its report when they do not.

    True does not mean that there is a PublicTest and a PrivateTest: ask `is_merged`.
    Raises UserError when they differ and `allow_unofficial` is False.
    """
    differences = check(faces)
    if differences and not allow_unofficial:
        others = f" (and {len(differences) - 1} more differences)" if len(differences) > 1 else ""
        then = "Give --allow-unofficial to go on; every page of the report will say so"
        raise expected(f"the official FER2013 in {faces.source}", f"{differences[0]}{others}", then)
    return not differences


def _total(counts: dict[str, dict[str, int]], split: str) -> int:
    return sum(counts.get(split, {}).values())
