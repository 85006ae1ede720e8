"""Which Training rows a data set is better without, and why. `python -m fer_keras.clean` writes the list.

Paper 002 ("Dataset and Preprocessing") cleans its data and does not say how; these are our rules. Only rows of Training
are dropped. PublicTest and PrivateTest stay whole, faults and all, so that scores can be compared with everybody's.
No TensorFlow here.
"""

import collections
import dataclasses

import numpy as np

from fer_keras.config.labels import TRAIN
from fer_keras.data import duplicates, near
from fer_keras.data.crop import boxes
from fer_keras.data.drop import Drop
from fer_keras.data.faces import Faces
from fer_keras.detection import Detector
from fer_keras.io.errors import expected

REASONS = {
    "unreadable": "the file cannot be read as a 48x48 grey image",
    "blank": f"next to nothing on it: a standard deviation below {duplicates.BLANK_SPREAD:g} grey levels",
    "in evaluation": "the same pixels as an evaluation row, which would be trained on",
    "contradiction": "the same pixels as a Training row with another label, and in the minority; in a tie all go",
    "duplicate": "the same pixels and label as an earlier Training row, which is kept",
    "near evaluation": "nearly the picture of an evaluation row, mirrored or not",
    "near duplicate": "nearly the picture of an earlier Training row, mirrored or not, which is kept whatever the labels",
    "no face": "no face, by most of FER+'s voters or by the detector",
}
"""What each reason means. A row has the first that fits, in this order."""

NOT_A_FACE = -1
"""The column of `Faces.votes` that counts the votes for "not a face"."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """What to drop beside unreadable, blank and contradictory rows and those that occur in evaluation.

    Attributes:
        duplicates: exact copies within Training but the first. near: near copies (`audit.near`), there and of evaluation.
        faces: "votes" or "detector" drops what that calls no face; None looks for no faces.
    """

    duplicates: bool = True
    near: bool = False
    faces: str | None = None


def find(faces: Faces, rules: Rules, detector: Detector | None = None) -> list[Drop]:
    """Return the Training rows of `faces` to drop, in their order; `detector` is needed for faces="detector".

    Raises UserError for faces="votes" without votes.
    """
    found: dict[int, tuple[str, str]] = {}
    steps = [_blank, _in_evaluation, _contradicting]
    steps += [_duplicate] if rules.duplicates else []
    steps += [_near_evaluation, _near_duplicate] if rules.near else []
    for step in steps:
        found |= dict(step(faces, _left(faces, found)))
    if rules.faces:
        none = without_face(faces, rules.faces, detector)
        found |= {at: ("no face", none[at]) for at in _left(faces, found).tolist() if at in none}
    names = faces.class_names
    return [Drop(int(faces.rows[at]), TRAIN, names[faces.labels[at]], *found[at]) for at in sorted(found)]


def without_face(faces: Faces, by: str, detector: Detector | None = None) -> dict[int, str]:
    """Return {position: who says so} of the rows, of any split, that show no face by "votes" or "detector"."""
    if by == "detector":
        return dict.fromkeys(np.flatnonzero(np.isnan(boxes(faces, detector)[:, 0])).tolist(), f"by {detector.name}")
    if faces.votes is None:
        raise expected("FER+ votes for --faces votes", f"none beside {faces.source}", "Put fer2013new.csv beside it.")
    against, all_votes = faces.votes[:, NOT_A_FACE], faces.votes.sum(axis=1)
    said = np.flatnonzero(2 * against > all_votes).tolist()
    return {at: f"by {against[at]:.0f} of {all_votes[at]:.0f} FER+ votes" for at in said}


def _left(faces, found):
    """Return the positions of Training rows that are still kept, ascending."""
    kept = faces.split == TRAIN
    kept[list(found)] = False
    return np.flatnonzero(kept)


def _blank(faces, left):
    spread = duplicates.spread(faces.images)
    for at in left[spread[left] < duplicates.BLANK_SPREAD].tolist():
        yield at, ("blank", f"standard deviation {spread[at]:.2f}")


def _in_evaluation(faces, left):
    for training, others in _groups(faces, left):
        for at in training if others else ():
            yield at, ("in evaluation", _named(faces, others[0]))


def _contradicting(faces, left):
    for training, _ in _groups(faces, left):
        counts = collections.Counter(faces.labels[training].tolist()).most_common()
        if len(counts) < 2:
            continue
        tie = counts[0][1] == counts[1][1]
        told = ", ".join(f"{faces.class_names[label]} {number}" for label, number in counts)
        for at in training:
            if tie or faces.labels[at] != counts[0][0]:
                yield at, ("contradiction", f"{told}; copies: {_rows(faces, training, at)}")


def _duplicate(faces, left):
    for training, _ in _groups(faces, left):
        for at in training[1:]:
            yield at, ("duplicate", _named(faces, training[0]))


def _groups(faces, left):
    """Yield (Training rows among `left`, evaluation rows), ascending, of each picture that occurs more than once."""
    kept = np.zeros(len(faces), bool)
    kept[left] = True
    for group in duplicates.exact(faces):
        training = group[kept[group]].tolist()
        if training:
            yield training, group[faces.split[group] != TRAIN].tolist()


def _near_evaluation(faces, left):
    others = np.flatnonzero(faces.split != TRAIN)
    mine, theirs = near.prepare(faces.images[left]), near.prepare(faces.images[others])
    for mirrored in (True, False):  # of two findings for a row the later one is kept
        for (a, b), score in zip(*near.compare(mine, theirs, mirrored=mirrored), strict=True):
            yield int(left[a]), ("near evaluation", f"{_named(faces, others[b])}{_scored(score, mirrored)}")


def _near_duplicate(faces, left):
    planes, earlier = near.prepare(faces.images[left]), collections.defaultdict(list)
    for mirrored in (False, True):
        for (a, b), score in zip(*near.compare(planes, mirrored=mirrored), strict=True):
            earlier[int(b)].append((int(a), _scored(score, mirrored)))
    dropped = set()
    for b in sorted(earlier):
        kept = [(a, how) for a, how in earlier[b] if a not in dropped]
        if kept:
            dropped.add(b)
            yield int(left[b]), ("near duplicate", f"{_named(faces, left[kept[0][0]])}{kept[0][1]}")


def _named(faces, at):
    return f"row {faces.rows[at]} of {faces.split[at]}"


def _rows(faces, positions, but):
    return " ".join(str(faces.rows[at]) for at in positions if at != but)


def _scored(score, mirrored):
    return f", {'mirrored, ' if mirrored else ''}correlation {score:.2f}"
