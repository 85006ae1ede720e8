"""Everything that an audit finds in one data set: the copies, and counts of rows by split, class and pair of splits."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from fer_keras.config.labels import TRAIN
from fer_keras.data import duplicates, near
from fer_keras.data.faces import Faces

LISTED = 20
"""A picture that occurs more often than this in one split is listed in pairs with so many of its rows there."""


@dataclasses.dataclass(frozen=True, eq=False)
class Findings:
    """The copies in `faces`.

    Attributes:
        first: int64 [N], the position of the first face with the same pixels.
        groups: positions of each picture that occurs more than once.
        pairs: int64 [P, 2], first positions of near copies; scores: float32 [P]; mirrored: bool [P].
        threshold: the least score of a near copy.
    """

    faces: Faces
    first: np.ndarray
    groups: list[np.ndarray]
    pairs: np.ndarray
    scores: np.ndarray
    mirrored: np.ndarray
    threshold: float


def find(faces: Faces, threshold: float = near.THRESHOLD) -> Findings:
    """Search `faces`. A pair that is near both as it is and mirrored counts once, as what it scores higher in."""
    first = duplicates.firsts(faces.images)
    distinct = np.unique(first)
    planes = near.prepare(faces.images[distinct])
    best: dict[tuple[int, int], tuple[float, bool]] = {}
    for mirrored in (False, True):
        pairs, scores = near.compare(planes, threshold=threshold, mirrored=mirrored)
        for pair, score in zip(map(tuple, distinct[pairs].tolist()), scores.tolist(), strict=True):
            if pair not in best or score > best[pair][0]:
                best[pair] = score, mirrored
    found = sorted(best)
    return Findings(
        faces,
        first,
        duplicates.grouped(first),
        np.array(found, np.int64).reshape(-1, 2),
        np.array([best[pair][0] for pair in found], np.float32),
        np.array([best[pair][1] for pair in found], bool),
        threshold,
    )


def row_pairs(found: Findings) -> Iterator[tuple[int, int, str, float]]:
    """Yield (position a, position b, kind, score), a < b, for every pair of rows; kind is exact, near or mirrored."""
    members = {int(group[0]): _listed(group, found.faces.split) for group in found.groups}
    for group in members.values():
        for n, a in enumerate(group):
            yield from ((a, b, "exact", 1.0) for b in group[n + 1 :])
    for (u, v), score, mirrored in zip(found.pairs.tolist(), found.scores.tolist(), found.mirrored, strict=True):
        for a in members.get(u, [u]):
            for b in members.get(v, [v]):
                yield min(a, b), max(a, b), "mirrored" if mirrored else "near", score


def _listed(group, split):
    kept = [part[:LISTED] for part in (group[split[group] == name] for name in np.unique(split[group]))]
    return np.sort(np.concatenate(kept)).tolist()


def summary(found: Findings) -> dict:
    """Return all counts as plain values for JSON; the page is made from nothing else.

    "near" counts rows with an exact or a near copy; "other_label" rows with such a copy that carries another label.
    """
    faces, groups = found.faces, found.groups
    splits = list(dict.fromkeys(faces.split.tolist()))
    conflicts = duplicates.conflicting(groups, faces.labels)
    crossing = duplicates.crossing(groups, faces.split)
    blank = duplicates.blank(faces)
    tables = _Tables(found, splits)
    between = {(a, b): tables.rows(a, b) for a in splits for b in splits}
    anywhere = tables.rows(None, None)
    return {
        "source": faces.source,
        "fingerprint": faces.fingerprint,
        "rows": len(faces),
        "splits": {split: int((faces.split == split).sum()) for split in splits},
        "threshold": found.threshold,
        "exact": {
            "groups": len(groups),
            "rows": sum(map(len, groups)),
            "largest": max(map(len, groups), default=0),
            "groups_across_splits": int(crossing.sum()),
            "groups_other_label": int(conflicts.sum()),
            "rows_other_label": sum(len(g) for g, conflict in zip(groups, conflicts, strict=True) if conflict),
        },
        "near": {"pictures": int((~found.mirrored).sum()), "mirrored_pictures": int(found.mirrored.sum())},
        "blank": {"constant": int(duplicates.constant(faces).sum()), "rows": faces.rows[blank].tolist()},
        "between": [{"of": a, "in": b, **_totals(masks)} for (a, b), masks in between.items()],
        "pairs": [{"a": a, "b": b, **tables.pairs(a, b)} for n, a in enumerate(splits) for b in splits[n:]],
        "classes": {
            name: {
                "rows": int(mine.sum()),
                **_totals({k: m[mine] for k, m in anywhere.items()}),
                "blank": int(blank[mine].sum()),
            }
            for name, mine in ((name, faces.labels == n) for n, name in enumerate(faces.class_names))
        },
        "clean": {
            a: {
                "rows": int(mine.sum()),
                "clean": int((mine & ~m["exact"]).sum()),
                "near_clean": int((mine & ~m["near"]).sum()),
            }
            for a, mine, m in ((a, faces.split == a, between.get((a, TRAIN))) for a in splits if a != TRAIN)
            if m is not None
        },
    }


def _totals(masks):
    return {name: int(mask.sum()) for name, mask in masks.items()}


class _Tables:
    """Counts by picture, split and label, from which everything about rows follows without listing pairs of rows."""

    def __init__(self, found, splits):
        faces = found.faces
        self.splits = splits
        self.labels = faces.labels
        self.split = np.array([splits.index(name) for name in faces.split.tolist()], np.int64)
        distinct, self.picture = np.unique(found.first, return_inverse=True)
        self.count = np.zeros((len(distinct), len(splits), len(faces.class_names)), np.int64)
        np.add.at(self.count, (self.picture, self.split, self.labels), 1)
        self.left, self.right = np.searchsorted(distinct, found.pairs).T
        self.mirrored = found.mirrored
        self.nearby = np.zeros_like(self.count)
        np.add.at(self.nearby, self.left, self.count[self.right])
        np.add.at(self.nearby, self.right, self.count[self.left])

    def rows(self, of, within):
        """Return four masks bool [N]: the rows of split `of` that have a copy in split `within`; None is any split."""
        mine = np.ones(len(self.split), bool) if of is None else self.split == self.splits.index(of)
        scope = slice(None) if within is None else slice(self.splits.index(within), self.splits.index(within) + 1)
        itself = np.ones(len(self.split), int) if within is None else self.split == self.splits.index(within)
        masks = {}
        for kind, count in (("exact", self.count), ("near", self.count + self.nearby)):
            by_label = count[:, scope].sum(axis=1)[self.picture]
            same = by_label[np.arange(len(by_label)), self.labels]
            masks[kind] = mine & (by_label.sum(axis=1) > itself)
            masks[f"{kind}_other_label"] = mine & (by_label.sum(axis=1) > same)
        return masks

    def pairs(self, a, b):
        """Return the number of pairs of rows, one in split `a` and one in `b`, by kind."""
        of_a, of_b = (self.count[:, self.splits.index(name)].sum(axis=1) for name in (a, b))
        exact = (of_a * (of_a - 1) // 2) if a == b else of_a * of_b
        both = of_a[self.left] * of_b[self.right] + (0 if a == b else of_b[self.left] * of_a[self.right])
        near_ones, mirrored = both[~self.mirrored].sum(), both[self.mirrored].sum()
        return {"exact": int(exact.sum()), "near": int(near_ones), "mirrored": int(mirrored)}
