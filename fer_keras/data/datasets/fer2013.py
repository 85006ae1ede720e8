"""FER2013: 35,887 grey faces of 48x48 pixels in seven classes (Goodfellow et al. 2013, arXiv:1307.0414)."""

import sys
from pathlib import Path

from fer_keras.config.datasets import FER2013
from fer_keras.data.datasets.dataset import Dataset, Location
from fer_keras.data.faces import Faces
from fer_keras.data.readers import csv_files, csv_source, ferplus, folder_entries, folders, parquet

LAYOUTS = (
    "fer2013.csv, icml_face_data.csv, one of them in gzip or zip, folders train/ and test/, parquet files, "
    "or a prepared tensorflow-datasets folder"
)
WHERE_TO_GET = (
    "FER2013 can be had from Kaggle: fer2013.csv or icml_face_data.csv of the competition 'Challenges in "
    "Representation Learning: Facial Expression Recognition Challenge', or the image folders msambare/fer2013; "
    "give it with --data PATH."
)


def recognise(path: Path) -> Location | None:
    """Return what to read in `path`: a CSV file of the usual name, parquet files, image folders, another CSV file, a data set
    prepared by tensorflow-datasets.

    Each is looked for in `path`, then in fer2013/ in it, and image folders in any one folder of it.
    """
    if path.is_file():
        return _hub(path) if parquet.is_one(path) else _table(path)
    places = (path, path / "fer2013")
    if named := next(filter(None, map(csv_files.named, places)), None):
        return _table(named)
    if packed := next(filter(parquet.is_one, places), None):
        return _hub(packed)
    if images := next(filter(None, map(folders.root_of, reversed(places))), None):
        return _images(images)
    if table := next(filter(None, map(csv_files.unnamed, places)), None):
        return _table(table)
    return _prepared(path)


def _hub(path: Path) -> Location:
    return Location(FER2013.name, path, parquet.read, path.name)


def _table(path: Path) -> Location:
    return Location(FER2013.name, path, csv_source.read, path.name)


def _images(path: Path) -> Location:
    return Location(FER2013.name, path, folders.read, f"image folders {path.name}", folder_entries.unread(path))


def _prepared(path: Path) -> Location | None:
    """Return the tensorflow-datasets version folder in `path`: itself, fer2013/<version> or <version> in it."""
    versions = [path, *sorted(path.glob("[0-9]*.[0-9]*.[0-9]*")), *sorted(path.glob("fer2013/[0-9]*.[0-9]*.[0-9]*"))]
    for version in reversed(versions):
        if (version / "dataset_info.json").is_file() and (version / "features.json").is_file():
            return Location(FER2013.name, version, _read_prepared, f"tensorflow-datasets {version.name}")
    return None


def _read_prepared(path: Path) -> Faces:
    from fer_keras.data.readers import tfds_builder

    return tfds_builder.read_prepared(path)


def with_votes_beside(faces: Faces, location: Location) -> Faces:
    """Return the faces with the votes of fer2013new.csv where it lies beside them.

    Votes are left out, with a line on stderr, where the faces do not carry FER2013's row numbers.
    """
    beside = (location.path if location.path.is_dir() else location.path.parent) / ferplus.FILE_NAME
    if faces.class_names != FER2013.class_names or not beside.is_file():
        return faces
    votes = ferplus.read_votes(beside)
    if faces.rows.max() >= len(votes.counts):
        print(f"note: {faces.source} carries no FER2013 row numbers, so {beside.name} is not joined", file=sys.stderr)
        return faces
    return ferplus.join(faces, votes)


DATASET = Dataset(FER2013, LAYOUTS, WHERE_TO_GET, recognise, defaults=(Path("data"),), complete=with_votes_beside)
