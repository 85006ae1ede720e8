"""FER2013 as image folders: train/<class>, test/<class>, perhaps validation/<class>, holding png or jpg files."""

import os
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TEST, TRAIN, USAGE, canonical
from fer_keras.data.faces import Faces
from fer_keras.data.files import reason, require_file
from fer_keras.io.errors import UserError, expected

SIDE = 48
MOST_BYTES = 1 << 20
SUFFIXES = (".png", ".jpg", ".jpeg")
LITTER = ("thumbs.db", "desktop.ini")
FOLDERS = {"train": TRAIN, "validation": PUBLIC, "val": PUBLIC, "test": TEST}
USUAL_USAGE = {TRAIN: (TRAIN,), PUBLIC: (PUBLIC,), TEST: (PUBLIC, PRIVATE)}
OFFICIAL_ROWS = {TRAIN: range(0, 28709), PUBLIC: range(28709, 32298), PRIVATE: range(32298, 35887)}
FIRST_RUNNING_ROW = 1_000_000
NAME = re.compile(r"(Training|PublicTest|PrivateTest)_(\d{1,9})(?!\d)")


class Entry(NamedTuple):
    """An image file: where it is, its label 0..6, the split that its folder means, and its name's Usage and number."""

    path: str
    label: int
    split: str
    usage: str | None
    number: int | None


def is_one(path: Path) -> bool:
    """Say whether `path` holds a folder train/, in any case of letters."""
    return path.is_dir() and any(entry.name.lower() == "train" and entry.is_dir() for entry in os.scandir(path))


class Unreadable(NamedTuple):
    """An image that `read` would refuse: its path inside the data set, row, label, split, and the refusal."""

    file: str
    row: int
    label: int
    split: str
    why: str


def read(path: Path, leave_out: frozenset[str] = frozenset()) -> Faces:
    """Read the image folders in `path`; names of folders in any case of letters, classes also by `labels.SYNONYMS`.

    File names that carry Training_, PublicTest_ or PrivateTest_ give the official split; unless all names in test/ do,
    its split is "test", the two merged. validation/ is "public". Where every name also carries its row of fer2013.csv,
    as in Training_17.png, the faces come in that order with these row numbers. (Kaggle's msambare/fer2013 has the Usage
    in its names, but other numbers.) Otherwise they come by split, class and name, numbered from 1,000,000, which is
    beyond any row of FER2013. Files in `leave_out` (paths inside `path`) are counted and not read.

    Returns Faces with images [N, 48, 48, 1]; RGB files must be grey ones.
    Raises UserError, naming the file or folder, for anything else: an image that is not 48x48 or cannot be decoded, a
    folder that is no class or empty, a missing train/ or class of it, a link that leads outside `path`.
    """
    path = Path(path)
    try:
        entries = _entries(path)
        if not any(entry.split == TRAIN for entry in entries):
            raise expected(f"a folder train/ in {path}", "none")
        entries, rows = _in_row_order(entries)
        split = _splits(entries)
        kept = [at for at, entry in enumerate(entries) if os.path.relpath(entry.path, path) not in leave_out]
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            images = np.stack([_image(entries[at].path) for at in kept])
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
    entries, rows = _in_row_order(_entries(path))
    split, found = _splits(entries), []
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for at, entry in enumerate(entries):
            try:
                _image(entry.path)
            except UserError as error:
                name = os.path.relpath(entry.path, path)
                found.append(Unreadable(name, int(rows[at]), entry.label, str(split[at]), str(error)))
    return found


def _entries(root: Path) -> list[Entry]:
    """List all images, by split, class and name; each folder and name is checked on the way."""
    found: dict[str, os.DirEntry] = {}
    for folder in _inside(root, root):
        split = FOLDERS.get(folder.name.lower())
        if split and folder.is_dir():
            if split in found:
                raise expected(f"one folder for {split} in {root}", f"{found[split].name} and {folder.name}")
            found[split] = folder
    entries = []
    for split in (TRAIN, PUBLIC, TEST):
        if split in found:
            entries += _split_entries(Path(found[split].path), split, root)
    return entries


def _split_entries(folder: Path, split: str, root: Path) -> list[Entry]:
    entries = []
    for class_folder in _inside(folder, root):
        if not class_folder.is_dir():
            raise expected(f"class folders only in {folder}", class_folder.name)
        label = _label(class_folder)
        files = [_entry(file, label, split) for file in _inside(Path(class_folder.path), root)]
        if not files:
            raise expected(f"images in {class_folder.path}", "an empty folder")
        entries += files
    missing = sorted(set(range(len(FER2013_CLASSES))) - {entry.label for entry in entries})
    if missing:
        raise expected(f"a folder for each of the classes in {folder}", f"none for {FER2013_CLASSES[missing[0]]}")
    return sorted(entries, key=lambda entry: (entry.label, entry.path))


def _inside(folder: Path, root: Path) -> list[os.DirEntry]:
    """List a folder by name, without hidden and system files. Raises UserError for a link that leads out of `root`."""
    entries = [e for e in os.scandir(folder) if not e.name.startswith(".") and e.name.lower() not in LITTER]
    for entry in entries:
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve()):
            raise expected(f"links that stay inside {root}", f"{entry.path}, which leads to {os.readlink(entry.path)}")
    return sorted(entries, key=lambda entry: entry.name)


def _label(folder: os.DirEntry) -> int:
    try:
        return FER2013_CLASSES.index(canonical(folder.name))
    except (UserError, ValueError) as error:
        raise expected(
            f"a class folder ({', '.join(FER2013_CLASSES)}, or a usual synonym)", ascii(folder.path)
        ) from error


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


def _splits(entries: list[Entry]) -> np.ndarray:
    """Return the split of each entry: its name's where all of its folder's names tell, else its folder's."""
    silent = {entry.split for entry in entries if entry.usage is None}
    return np.array([entry.split if entry.split in silent else entry.usage for entry in entries])


def _in_row_order(entries: list[Entry]) -> tuple[list[Entry], np.ndarray]:
    """Return the entries and their rows, int64: FER2013's where all names carry them, else running numbers."""
    told = all(entry.usage and entry.number in OFFICIAL_ROWS[entry.usage] for entry in entries)
    if not told or len({entry.number for entry in entries}) < len(entries):
        return entries, FIRST_RUNNING_ROW + np.arange(len(entries))
    entries = sorted(entries, key=lambda entry: entry.number)
    return entries, np.array([entry.number for entry in entries], np.int64)


def _image(name: str) -> np.ndarray:
    """Decode one file to uint8 [48, 48]; nothing is decoded before the header's size is right."""
    path = require_file(Path(name), "an image")
    if path.stat().st_size > MOST_BYTES:
        raise expected(f"a {SIDE}x{SIDE} image at {path}", f"a file of {path.stat().st_size} bytes")
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as image:
            if image.size != (SIDE, SIDE):
                raise expected(f"a {SIDE}x{SIDE} image at {path}", "{}x{}".format(*image.size))
            if image.mode not in ("L", "RGB", "P"):
                raise expected(f"an 8-bit grey image at {path}", f"mode {image.mode}")
            pixels = np.asarray(image if image.mode == "L" else image.convert("RGB"))
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise expected(f"a {SIDE}x{SIDE} image at {path}", "a far larger one") from error
    except Exception as error:  # A decoder fed with damaged bytes raises nearly anything.
        raise expected(f"an image that can be decoded at {path}", type(error).__name__) from error
    if pixels.ndim == 3:
        if (pixels != pixels[..., :1]).any():
            raise expected(f"a grey image at {path}", "a coloured one")
        pixels = pixels[..., 0]
    return pixels
