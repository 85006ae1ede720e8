"""Does a map mark what the score depends on? Hide what it marks, and compare with the same map elsewhere.

Deletion (Petsiuk et al. 2018): pixels are hidden in the map's order, most marked first, and the class's probability is
averaged over the shares hidden; the lower, the more the map has marked. Chance is not pixels at random, whose scattered
holes harm a network more than one hole does, but the same map moved: turned round the face by a random offset, so that
its holes have the same shapes.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from fer_keras.explain.maps import enlarged
from fer_keras.explain.occlusion import covered

HIDDEN = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Shares of the pixels that are hidden, one after the other."""
MOVED = 39
"""Moved maps that a map is compared with: the least p-value is 1 / 40."""
LEVEL = 0.05


@dataclasses.dataclass(frozen=True)
class Deletion:
    """What hiding by a map did to a score.

    Attributes:
        score: of the face as it is, from 0 to 1.
        left: mean score over the shares hidden, by the map.
        chance: the same by the map moved, the mean over all moves.
        p: share of the maps, it and the moved ones, that leave at most as much as it does: small where it marks what counts.
    """

    score: float
    left: float
    chance: float
    p: float

    @property
    def beats_chance(self) -> bool:
        """Whether hiding by the map lowers the score more than nearly all moved maps do (`p` at most 0.05)."""
        return self.p <= LEVEL

    @property
    def words(self) -> str:
        """The numbers in a line."""
        verdict = "beats chance" if self.beats_chance else "does not beat chance"
        return f"hidden: {self.score:.2f} to {self.left:.2f}, by chance {self.chance:.2f}, p {self.p:.3f}: {verdict}"


def hidden_by(marked: np.ndarray, shares: tuple[float, ...] = HIDDEN) -> np.ndarray:
    """Return bool [len(shares), h, w]: the pixels that the map `marked` float [h, w] marks most, nested.

    Equal pixels are taken in an order that is random and the same every time.
    """
    marks = marked.ravel()
    order = np.lexsort((np.random.default_rng(0).permutation(marks.size), -marks))
    rank = np.empty(marks.size, int)
    rank[order] = np.arange(marks.size)
    counts = np.round(np.array(shares) * marks.size)
    return (rank < counts[:, None]).reshape(-1, *marked.shape)


def moves(shape: tuple[int, int], number: int, seed: int = 0) -> list[tuple[int, int]]:
    """Return `number` different moves (down, right) of a map, none of which leaves it where it is; the same every time."""
    height, width = shape
    drawn = np.random.default_rng(seed).permutation(height * width - 1)[:number] + 1
    return [divmod(int(place), width) for place in drawn]


def deletion(
    forward: Callable[[np.ndarray], np.ndarray], face: np.ndarray, values: np.ndarray, place: int, moved: int = MOVED
) -> Deletion:
    """Return what hiding by the map `values` float [h, w] does to the class at `place`, and by the map moved.

    Args:
        forward: uint8 faces [N, side, side, C] to probabilities [N, K].
        face: uint8 [side, side, C].
        moved: how many moves.
    """
    marked = enlarged(values, face.shape[0])
    maps = [marked, *(np.roll(marked, move, (0, 1)) for move in moves(marked.shape, moved))]
    hidden = np.concatenate([hidden_by(each) for each in maps])
    scores = forward(np.concatenate([face[None], covered(face, hidden)]))[:, place]
    left = scores[1:].reshape(len(maps), -1).mean(axis=1)
    return Deletion(float(scores[0]), float(left[0]), float(left[1:].mean()), float(np.mean(left <= left[0])))
