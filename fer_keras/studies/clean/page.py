"""clean.md: what was dropped, by reason and class, and what was left alone."""

import collections

import numpy as np

from fer_keras.config.labels import TRAIN
from fer_keras.data import duplicates
from fer_keras.data.drop import DropList
from fer_keras.data.faces import Faces
from fer_keras.report.markdown import bullets, section, table
from fer_keras.studies.clean.cleaning import REASONS


def render(faces: Faces, dropped: DropList, asked: str, no_face: dict[int, str]) -> str:
    """Return the page; `asked` is the command, `no_face` the positions (of any split) that show no face, if looked for."""
    facts = [
        f"Source: {faces.source}, fingerprint `{faces.fingerprint}`",
        f"Command: `{asked}`",
        f"List: {dropped.name}, {len(dropped.drops):,} images, sha256 `{dropped.sha256}`",
        f"To train without these images: `python -m experiments.resnet18_transfer --drop {dropped.name}`",
    ]
    alone = "Evaluation images are never dropped, so that scores stay comparable. They have the same faults:"
    meanings = [f"**{reason}**: {REASONS[reason]}" for reason in _present(dropped)]
    parts = [
        "# Cleaning",
        bullets(facts),
        section("Dropped from Training", by_class(faces, dropped), bullets(meanings)),
        section("Left alone in evaluation", alone, _evaluation(faces, no_face)),
    ]
    return "\n\n".join(parts) + "\n"


def by_class(faces: Faces, dropped: DropList) -> str:
    """Return the table of images dropped by reason and class, with Training before and after."""
    names = faces.class_names
    counts = collections.Counter((drop.reason, drop.label) for drop in dropped.drops)
    before = [int(((faces.split == TRAIN) & (faces.labels == label)).sum()) for label in range(len(names))]
    before = [n + counts["unreadable", name] for n, name in zip(before, names, strict=True)]
    lines = [("Training before", before)]
    lines += [(reason, [counts[reason, name] for name in names]) for reason in _present(dropped)]
    lost = [sum(counts[reason, name] for reason in REASONS) for name in names]
    lines.append(("Training after", [n - out for n, out in zip(before, lost, strict=True)]))
    return table(("", *names, "all"), [(what, *(f"{n:,}" for n in (*row, sum(row)))) for what, row in lines])


def _present(dropped):
    return [reason for reason in REASONS if any(drop.reason == reason for drop in dropped.drops)]


def _evaluation(faces, no_face):
    splits = [split for split in dict.fromkeys(faces.split.tolist()) if split != TRAIN]
    blank, first = duplicates.blank(faces), duplicates.firsts(faces.images)
    rows = []
    for split in splits:
        at = np.flatnonzero(faces.split == split)
        again = len(at) - len(np.unique(first[at]))
        rows.append((split, f"{len(at):,}", int(blank[at].sum()), again, sum(n in no_face for n in at.tolist())))
    return table(("images", "all", "blank", "copies of another of the split", "no face, if looked for"), rows)
