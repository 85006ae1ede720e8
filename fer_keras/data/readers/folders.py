"""FER2013 as image folders: train/<class>, test/<class>, perhaps validation/<class>, holding png or jpg files."""

import os
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.readers import face_file, folder_entries, folder_names
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import reason


def is_one(path: Path) -> bool:
    """Say whether `path` holds a folder train/ or training/, in any case of letters."""
    return path.is_dir() and any(
        folder_names.split_of(entry.name) == TRAIN and entry.is_dir() for entry in os.scandir(path)
    )


def root_of(path: Path) -> Path | None:
    """Return `path` where it `is_one`, else the one folder in it that is, as archives unpack to; None without any.

    A folder in it counts only with FER2013's classes: it may hold another data set. Raises UserError where several do.
    """
    if is_one(path):
        return path
    below = sorted(entry.path for entry in os.scandir(path) if entry.is_dir()) if path.is_dir() else []
    data_sets = [Path(folder) for folder in below if is_one(Path(folder)) and _has_its_classes(Path(folder))]
    if len(data_sets) > 1:
        names = ", ".join(folder.name for folder in data_sets)
        raise expected(f"one folder with train/ in {path}", names, "Give the one that is meant.")
    return data_sets[0] if data_sets else None


def _has_its_classes(path: Path) -> bool:
    train = next(entry.path for entry in os.scandir(path) if folder_names.split_of(entry.name) == TRAIN)
    try:
        labels = {folder_names.class_of(entry.name, FER2013_CLASSES) for entry in os.scandir(train) if entry.is_dir()}
    except (OSError, UserError):
        return False
    return len(labels) == len(FER2013_CLASSES)


class Unreadable(NamedTuple):
    """An image that `read` would refuse: its path inside the data set, row, label, split, and the refusal."""

    file: str
    row: int
    label: int
    split: str
    why: str


def read(path: Path, leave_out: frozenset[str] = frozenset()) -> Faces:
    """Read the image folders in `path`, whose names mean what `folder_names` says.

    File names that carry Training_, PublicTest_ or PrivateTest_ give the official split; unless all names in test/ do,
    its split is "test", the two merged. validation/ is "public". Where names do not tell, but validation/ and test/ have
    as many images of each class as PublicTest and PrivateTest have, that is what they are. A folder beside these that
    means no split is not read (`folder_entries.unread`). Where every name also carries its row of fer2013.csv, as in
    Training_17.png, the faces come in that order with these row numbers. (Kaggle's msambare/fer2013 has the Usage in its
    names, but other numbers.) Otherwise they come by split, class and name, numbered from 100,000, which is beyond any
    row of FER2013. Files in `leave_out` (paths inside `path`) are counted and not read.

    Returns Faces with images [N, 48, 48, 1]; RGB files must be grey ones.
    Raises UserError, naming the file or folder, for anything else: an image that is not 48x48 or cannot be decoded, a
    folder that is no class or empty, a missing train/ or class of it, a link that leads outside `path`.
    """
    path = Path(path)
    try:
        entries = folder_entries.listed(path)
        if not any(entry.split == TRAIN for entry in entries):
            raise expected(f"a folder train/ in {path}", "none")
        entries, rows = folder_entries.in_row_order(entries)
        split = folder_entries.splits(entries)
        kept = [at for at, entry in enumerate(entries) if os.path.relpath(entry.path, path) not in leave_out]
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            images = np.stack([face_file.decoded(entries[at].path) for at in kept])
    except OSError as error:
        raise expected(f"readable image folders in {path}", reason(error)) from error
    return Faces(
        images=images[..., None],
        labels=np.array([entries[at].label for at in kept], np.int64),
        split=split[kept],
        rows=rows[kept],
        class_names=FER2013_CLASSES,
        source=f"image folders {path.name}",
    )


def unreadable(path: Path) -> list[Unreadable]:
    """Return the images in `path` that `read` would refuse, whatever their split, with the rows it would give them."""
    entries, rows = folder_entries.in_row_order(folder_entries.listed(path))
    split, found = folder_entries.splits(entries), []
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for at, entry in enumerate(entries):
            try:
                face_file.decoded(entry.path, then="")
            except UserError as error:
                name = os.path.relpath(entry.path, path)
                found.append(Unreadable(name, int(rows[at]), entry.label, str(split[at]), str(error)))
    return found
