"""Where a data set lies, and reading what lies there."""

import dataclasses
import os
import sys
from pathlib import Path

from fer_keras.config.datasets import DATASETS, FER2013
from fer_keras.data import datasets
from fer_keras.data.cache import cached
from fer_keras.data.datasets import drawn
from fer_keras.data.datasets.dataset import Dataset, Location
from fer_keras.data.faces import Faces
from fer_keras.data.readers import folders
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import reason


def locate(
    path: str | None = None, dataset: str = FER2013.name, *, flag: str = "--data", others: bool = False
) -> Location | None:
    """Return where `dataset` lies: in `path` if given, else in its environment variable, else in a default folder.

    With `others`, `path` may hold any other data set as well, which is then what is returned. `flag` names where `path`
    was given, for the message. None where nothing says where it lies.
    Raises UserError when something does and it is not there: what was asked for is never replaced by something else.
    """
    wanted = datasets.get(dataset)
    if wanted.facts.drawn:
        return drawn.NOWHERE
    if path:
        candidates = [wanted, *(datasets.get(name) for name in DATASETS if name != dataset)] if others else [wanted]
        return _required(Path(path).expanduser(), candidates, f"{flag} {path}")
    variable = wanted.facts.images.upper()
    if os.environ.get(variable):
        return _required(Path(os.environ[variable]).expanduser(), [wanted], f"${variable} {os.environ[variable]}")
    return next(filter(None, (_recognised(folder, [wanted], str(folder)) for folder in wanted.defaults)), None)


def at(path: Path, flag: str = "PATH") -> Location:
    """Return what data set lies in `path`, whichever it is. Raises UserError when none does."""
    return _required(Path(path), [datasets.get(name) for name in DATASETS], f"{flag} {path}")


def missing(dataset: str = FER2013.name) -> UserError:
    """Return the error that nothing says where `dataset` lies."""
    wanted = datasets.get(dataset)
    return expected(f"{wanted.facts.title} ({wanted.layouts})", "none", wanted.where_to_get)


def load(location: Location, cache_dir: Path | None = None, leave_out: frozenset[str] = frozenset()) -> Faces:
    """Read what `locate` returned, through the cache, with what lies beside it (FER+'s votes beside FER2013).

    What lies there and is not read is said in one line on stderr, cached or not.

    `leave_out` names unreadable files of image folders, which are then read without them and without the cache.
    Raises UserError for anything that a reader refuses.
    """
    dataset = datasets.get(location.dataset)
    if dataset.facts.drawn:
        return location.read(location.path)
    if location.unread:
        print(f"note: not read in {location.path}: {', '.join(map(ascii, location.unread))}", file=sys.stderr)
    if leave_out and location.read is folders.read:
        faces = folders.read(location.path, leave_out)
    else:
        faces = cached(location.path, location.read, cache_dir)
    return dataset.complete(dataclasses.replace(faces, source=location.source), location)


def _required(path: Path, candidates: list[Dataset], given: str) -> Location:
    location = _recognised(path, candidates, given)
    if location:
        return location
    first = candidates[0]
    raise expected(f"{first.facts.title} ({first.layouts}) at {given}", _contents(path), first.where_to_get)


def _recognised(path: Path, candidates: list[Dataset], given: str) -> Location | None:
    try:
        sure = [dataset for dataset in candidates if dataset.unmistakable(path)]
        return next(filter(None, (dataset.recognise(path) for dataset in sure or candidates)), None)
    except (OSError, ValueError) as error:
        raise expected(f"a readable path for {given}", reason(error)) from error


def _contents(path: Path) -> str:
    """Say what is at `path` instead, briefly."""
    if not path.is_dir():
        return "nothing there" if not path.exists() else "something else"
    names = sorted(entry.name for entry in path.iterdir())
    return ascii(names[:6])[1:-1] + (f" and {len(names) - 6} more" if len(names) > 6 else "") or "an empty folder"
