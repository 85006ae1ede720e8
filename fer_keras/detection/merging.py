"""Many boxes around one face become one: weighted non-maximum suppression (Bazarevsky et al. 2019, "Post-processing")."""

import numpy as np

from fer_keras.detection.face import Box, Face

SAME_IOU = 0.3
"""Boxes with this intersection over union are of one face, and averaged."""
NESTED = 0.7
"""A box of which this share lies in a better one, or that holds this share of it, is a part of the same thing."""


def merged(boxes: np.ndarray, scores: np.ndarray, least_agreement: float = 0.0) -> list[Face]:
    """Return one Face for each of `groups` whose agreement is `least_agreement` or more."""
    return [face for face, agreement in groups(boxes, scores) if agreement >= least_agreement]


def groups(boxes: np.ndarray, scores: np.ndarray) -> list[tuple[Face, float]]:
    """Return (Face, agreement) for each group of boxes [N, 4] (left, top, width, height) with scores [N].

    The best box draws the group to it. The face's box is the average of the group's, by their scores, and its score the
    best one's. The agreement, 1 - Π(1 - score), is how sure all boxes of the group are, taken as independent.
    """
    found = []
    while len(scores):
        best = int(scores.argmax())
        common = _intersections(boxes, boxes[best])
        areas = boxes[:, 2] * boxes[:, 3]
        same = _are_same(boxes, boxes[best], common)
        nested = common > NESTED * np.minimum(areas, areas[best])
        same[best] = True
        box = np.average(boxes[same], axis=0, weights=scores[same])
        found.append((Face(tuple(box.tolist()), float(scores[best])), float(1 - np.prod(1 - scores[same]))))
        boxes, scores = boxes[~(same | nested)], scores[~(same | nested)]
    return found


def are_same(boxes: np.ndarray, face: Box) -> np.ndarray:
    """Return bool [N]: which of boxes [N, 4] are of the same face as `face`."""
    return _are_same(boxes, np.array(face), _intersections(boxes, np.array(face)))


def _are_same(boxes, box, common):
    return common > SAME_IOU * (boxes[:, 2] * boxes[:, 3] + box[2] * box[3] - common)


def _intersections(boxes, box):
    ends = np.minimum(boxes[:, :2] + boxes[:, 2:], box[:2] + box[2:])
    sides = np.clip(ends - np.maximum(boxes[:, :2], box[:2]), 0, None)
    return sides[:, 0] * sides[:, 1]
