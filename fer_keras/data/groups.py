"""Families of pictures: rows that are copies of each other, or of each other's copies."""

import numpy as np

from fer_keras.data import near
from fer_keras.data.duplicates import firsts
from fer_keras.data.faces import Faces


def families(faces: Faces, threshold: float = near.THRESHOLD) -> np.ndarray:
    """Return int64 [N]: for each row the first position of its family, often its own.

    Rows with equal pixels, near copies and mirrored copies (`near.compare`'s `threshold`) belong together, and so do the
    copies of copies. Drawn faces (`synthetic`) all resemble each other: only exact copies count among them. FER2013 takes
    some 30 s of one core.
    """
    first = firsts(faces.images)
    if faces.synthetic:
        return first
    distinct = np.unique(first)
    planes = near.prepare(faces.images[distinct])
    found = [near.compare(planes, threshold=threshold, mirrored=mirrored)[0] for mirrored in (False, True)]
    return _components(len(distinct), np.concatenate(found), distinct)[np.searchsorted(distinct, first)]


def _components(count: int, pairs: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Return int64 [count]: the least of `names` (ascending) in each vertex's connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    number, component = connected_components(graph, directed=False)
    least = np.full(number, names[-1] if count else 0, np.int64)
    np.minimum.at(least, component, names)
    return least[component]
