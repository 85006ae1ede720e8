"""What a data set of the registry can do: be recognised at a path, be read, be divided."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fer_keras.config.datasets import Facts
from fer_keras.data import splits
from fer_keras.data.faces import Faces
from fer_keras.data.splits import Splits


class Location(NamedTuple):
    """A data set recognised at a path, and not read yet.

    `read` gives the Faces of `path`; it is a function of a module, so that the cache can name it. `source` is what pages
    and messages call them, `unread` what else lies there, by name, that could be taken for a part of them.
    """

    dataset: str
    path: Path
    read: Callable[[Path], Faces]
    source: str
    unread: tuple[str, ...] = ()


def never(_: Path) -> bool:
    return False


def as_it_is(faces: Faces, _: Location) -> Faces:
    return faces


def _divided(faces: Faces, split: str, seed: int, facts: Facts, tested: bool) -> Splits:
    return splits.divide(faces, split, seed, facts.names)


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A data set: `facts` says what it is, the rest how it is handled.

    Attributes:
        layouts: the layouts that are read, in words, for messages.
        where_to_get: one line on how to come by it.
        recognise: returns where it lies in a path, None where it does not. Reads nothing but names and first lines.
        unmistakable: says whether what `recognise` recognises in a path can be no other set, however alike they look.
        defaults: folders that are looked at when nothing says where it lies.
        complete: adds to the faces read what lies beside them.
        division: (faces, split, seed, facts, tested) -> Splits; see `divide`.
    """

    facts: Facts
    layouts: str
    where_to_get: str
    recognise: Callable[[Path], Location | None]
    unmistakable: Callable[[Path], bool] = never
    defaults: tuple[Path, ...] = ()
    complete: Callable[[Faces, Location], Faces] = as_it_is
    division: Callable[[Faces, str, int, Facts, bool], Splits] = _divided

    def divide(self, faces: Faces, split: str, seed: int, tested: bool = True) -> Splits:
        """Return its faces divided as `split`, one of `facts.divisions`, says.

        `tested` is False for a phase before the recipe's own data, of which no rows are tested on.
        Raises ValueError for another division, UserError when the faces lack rows that it needs.
        """
        if split not in self.facts.divisions:
            raise ValueError(f"Expected a split in {self.facts.divisions}. Received: {split!r}")
        return self.division(faces, split, seed, self.facts, tested)
