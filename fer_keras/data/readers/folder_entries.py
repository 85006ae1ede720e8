"""The files of an image-folder FER2013, listed and named: nothing is decoded here."""

import collections
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_keras.config.datasets import FER2013
from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TEST, TRAIN, USAGE
from fer_keras.data.readers import ferplus, folder_names
from fer_keras.io.errors import UserError, expected

SUFFIXES = (".png", ".jpg", ".jpeg")
TABLES = (".csv", ".zip", ".gz", ".tgz", ".tar", ".parquet")
LITTER = ("thumbs.db", "desktop.ini")
USUAL_USAGE = {TRAIN: (TRAIN,), PUBLIC: (PUBLIC,), PRIVATE: (PRIVATE,), TEST: (PUBLIC, PRIVATE)}
OFFICIAL_ROWS = {TRAIN: range(0, 28709), PUBLIC: range(28709, 32298), PRIVATE: range(32298, 35887)}
FIRST_RUNNING_ROW = 100_000
OFFICIAL_COUNTS = {FER2013.counts[0][split]: split for split in (PUBLIC, PRIVATE)}
"""{images of each class: the split that has so many}; no two splits of FER2013 have the same."""
NAME = re.compile(r"(Training|PublicTest|PrivateTest)_(\d{1,9})(?!\d)")


class Entry(NamedTuple):
    """An image file: where it is, its label 0..6, the split that its folder means, and its name's Usage and number."""

    path: str
    label: int
    split: str
    usage: str | None
    number: int | None


def listed(root: Path) -> list[Entry]:
    """List all images, by split, class and name; each folder and name is checked on the way."""
    found: dict[str, os.DirEntry] = {}
    for folder in inside(root, root):
        split = folder_names.split_of(folder.name)
        if not folder.is_dir():
            continue
        if split in found:
            raise expected(f"one folder for {split} in {root}", f"{found[split].name} and {folder.name}")
        if split:
            found[split] = folder
    entries = []
    for split in (TRAIN, PUBLIC, PRIVATE, TEST):
        if split in found:
            entries += _split_entries(Path(found[split].path), split, root)
    return entries


def unread(root: Path) -> tuple[str, ...]:
    """Return the names of folders and tables in `root` that `listed` does not look at, by name."""
    folders = (entry.name for entry in inside(root, root) if entry.is_dir() and not folder_names.split_of(entry.name))
    tables = (entry.name for entry in inside(root, root) if entry.is_file() and entry.name.lower().endswith(TABLES))
    return tuple(sorted({f"{name}/" for name in folders} | set(tables) - {ferplus.FILE_NAME}))


def _split_entries(folder: Path, split: str, root: Path) -> list[Entry]:
    entries, class_folders = [], inside(folder, root)
    folder_names.require_alike([entry.name for entry in class_folders], str(folder))
    for class_folder in class_folders:
        if not class_folder.is_dir():
            raise expected(f"class folders only in {folder}", class_folder.name)
        label = _label(class_folder)
        files = [_entry(file, label, split) for file in inside(Path(class_folder.path), root)]
        if not files:
            raise expected(f"images in {class_folder.path}", "an empty folder")
        entries += files
    missing = sorted(set(range(len(FER2013_CLASSES))) - {entry.label for entry in entries})
    if missing:
        raise expected(f"a folder for each of the classes in {folder}", f"none for {FER2013_CLASSES[missing[0]]}")
    return sorted(entries, key=lambda entry: (entry.label, entry.path))


def inside(folder: Path, root: Path) -> list[os.DirEntry]:
    """List a folder by name, without hidden and system files. Raises UserError for a link that leads out of `root`."""
    entries = [e for e in os.scandir(folder) if not e.name.startswith(".") and e.name.lower() not in LITTER]
    for entry in entries:
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve()):
            raise expected(f"links that stay inside {root}", f"{entry.path}, which leads to {os.readlink(entry.path)}")
    return sorted(entries, key=lambda entry: entry.name)


def _label(folder: os.DirEntry) -> int:
    try:
        return folder_names.class_of(folder.name, FER2013_CLASSES)
    except UserError as error:
        named = ", ".join(FER2013_CLASSES)
        raise expected(f"a class folder ({named}, a usual synonym, or 0..6)", ascii(folder.path)) from error


def _entry(file: os.DirEntry, label: int, split: str) -> Entry:
    if not file.name.lower().endswith(SUFFIXES):
        raise expected(f"png or jpg files in {Path(file.path).parent}", ascii(file.name))
    match = NAME.search(file.name)
    if not match:
        return Entry(file.path, label, split, None, None)
    usage = USAGE[match[1]]
    if usage not in USUAL_USAGE[split]:
        raise expected(f"images of {' or '.join(USUAL_USAGE[split])} in {Path(file.path).parent}", ascii(file.name))
    return Entry(file.path, label, split, usage, int(match[2]))


def splits(entries: list[Entry]) -> np.ndarray:
    """Return the split of each entry: its name's where all of its folder's names tell, else its folder's."""
    silent = {entry.split for entry in entries if entry.usage is None}
    meant = by_counts((entry.split, entry.label) for entry in entries) if {PUBLIC, TEST} <= silent else {}
    return np.array(
        [meant.get(entry.split, entry.split) if entry.split in silent else entry.usage for entry in entries]
    )


def by_counts(images: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Return which of PublicTest and PrivateTest validation/ and test/ are, told by their images of each class; {} for neither.

    `images` are the (split, label) of all. A copy that has swapped the two is known too.
    """
    counted = collections.Counter(images)
    counts = {split: tuple(counted[split, label] for label in range(len(FER2013_CLASSES))) for split in (PUBLIC, TEST)}
    meant = {split: OFFICIAL_COUNTS[numbers] for split, numbers in counts.items() if numbers in OFFICIAL_COUNTS}
    return meant if set(meant.values()) == {PUBLIC, PRIVATE} else {}


def in_row_order(entries: list[Entry]) -> tuple[list[Entry], np.ndarray]:
    """Return the entries and their rows, int64: FER2013's where all names carry them, else running numbers."""
    told = all(entry.usage and entry.number in OFFICIAL_ROWS[entry.usage] for entry in entries)
    if not told or len({entry.number for entry in entries}) < len(entries):
        return entries, FIRST_RUNNING_ROW + np.arange(len(entries))
    entries = sorted(entries, key=lambda entry: entry.number)
    return entries, np.array([entry.number for entry in entries], np.int64)
