"""Where the data set lies, and which reader it needs."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from fer_keras.data.cache import cached
from fer_keras.data.faces import Faces
from fer_keras.data.files import reason
from fer_keras.data.readers import csv_source, ferplus, folders
from fer_keras.io.errors import expected

WHERE_TO_GET = (
    "FER2013 can be had from Kaggle: fer2013.csv or icml_face_data.csv of the competition 'Challenges in "
    "Representation Learning: Facial Expression Recognition Challenge', or the image folders msambare/fer2013; "
    "give it with --data PATH."
)
LAYOUTS = "fer2013.csv, icml_face_data.csv, folders train/ and test/, or a prepared tensorflow-datasets folder"
CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
DEFAULT = Path("data")


def locate(path: str | None = None) -> Path | None:
    """Return what `load` takes: found in `path` if given, else in $FER2013 if set, else in ./data, else None.

    Raises UserError when `path` or $FER2013 is given and FER2013 is not there: what was asked for is never replaced by
    something else.
    """
    for given, name in ((path, "--data"), (os.environ.get("FER2013"), "$FER2013")):
        if given:
            found = _source(Path(given).expanduser(), name)
            if found is None:
                raise expected(f"FER2013 ({LAYOUTS}) at {name} {given}", _contents(Path(given)), WHERE_TO_GET)
            return found[0]
    found = _source(DEFAULT, "./data")
    return found and found[0]


def load(path: Path, cache_dir: Path | None = None, leave_out: frozenset[str] = frozenset()) -> Faces:
    """Read what `locate` found, through the cache, and join FER+'s votes when fer2013new.csv lies beside it.

    `leave_out` names unreadable files of image folders, which are then read without them and without the cache.
    Votes are left out, with a line on stderr, where the faces do not carry FER2013's row numbers.
    Raises UserError for anything that a reader refuses.
    """
    found = _source(Path(path), "data")
    if found is None:
        raise expected(f"FER2013 ({LAYOUTS}) at {path}", _contents(Path(path)), WHERE_TO_GET)
    source, read = found
    faces = folders.read(source, leave_out) if leave_out and read is folders.read else cached(source, read, cache_dir)
    beside = (source if source.is_dir() else source.parent) / ferplus.FILE_NAME
    if not beside.is_file():
        return faces
    votes = ferplus.read_votes(beside)
    if faces.rows.max() >= len(votes.counts):
        print(f"note: {faces.source} carries no FER2013 row numbers, so {beside.name} is not joined", file=sys.stderr)
        return faces
    return ferplus.join(faces, votes)


def _source(path: Path, name: str) -> tuple[Path, Callable[[Path], Faces]] | None:
    """Return what to read in `path` and its reader: a CSV file first, then image folders, then a prepared data set."""
    try:
        if path.is_file():
            return path, csv_source.read
        for folder in (path, path / "fer2013"):
            for csv_name in CSV_NAMES:
                if (folder / csv_name).is_file():
                    return folder / csv_name, csv_source.read
        for folder in (path, path / "fer2013"):
            if folders.is_one(folder):
                return folder, folders.read
        return _prepared(path)
    except (OSError, ValueError) as error:
        raise expected(f"a readable path for {name}", f"{path!s} ({reason(error)})") from error


def _prepared(path: Path) -> tuple[Path, Callable[[Path], Faces]] | None:
    """Return the tensorflow-datasets version folder in `path`: itself, fer2013/<version> or <version> in it."""
    versions = [path, *sorted(path.glob("[0-9]*.[0-9]*.[0-9]*")), *sorted(path.glob("fer2013/[0-9]*.[0-9]*.[0-9]*"))]
    for version in reversed(versions):
        if (version / "dataset_info.json").is_file() and (version / "features.json").is_file():
            return version, _read_prepared
    return None


def _read_prepared(path: Path) -> Faces:
    from fer_keras.data.readers import tfds_builder

    return tfds_builder.read_prepared(path)


def _contents(path: Path) -> str:
    """Say what is at `path` instead, briefly."""
    if not path.is_dir():
        return "nothing there" if not path.exists() else "something else"
    names = sorted(entry.name for entry in path.iterdir())
    return ascii(names[:6])[1:-1] + (f" and {len(names) - 6} more" if len(names) > 6 else "") or "an empty folder"
