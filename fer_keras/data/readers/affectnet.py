"""AffectNet: colour photographs of faces from the web, in eight classes (Mollahosseini et al. 2019, arXiv:1708.03985).

Three layouts are read. That of Balanced AffectNet, on which paper 000 trains first (kaggle.com/datasets/dollyprajapati182/
balanced-affectnet): train/, val/ and test/ with a folder a class. That of the first official release: training.csv and
validation.csv beside Manually_Annotated_Images/. And that of the later one, which `affectnet_npy` reads.
"""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fer_keras.config.labels import AFFECTNET_CLASSES, PUBLIC, TEST, TRAIN, canonical
from fer_keras.data.faces import Faces
from fer_keras.data.readers import affectnet_npy
from fer_keras.data.readers.photos import Photo, decoded
from fer_keras.io.errors import UserError, expected
from fer_keras.io.paths import reason

SIDE = 75
"""Side of Balanced AffectNet's images, which are therefore kept as they are; the network enlarges them itself."""

LAYOUTS = f"folders train/ and val/ with a folder a class, training.csv and validation.csv, or {affectnet_npy.LAYOUT}"
FOLDERS = {"train": TRAIN, "val": PUBLIC, "valid": PUBLIC, "validation": PUBLIC, "test": TEST}
LISTS = {"training.csv": TRAIN, "validation.csv": PUBLIC}
LIST_FOLDERS = (".", "Manually_Annotated_file_lists", "Manually_Annotated")
IMAGE_FOLDERS = ("Manually_Annotated/Manually_Annotated_Images", "Manually_Annotated_Images", ".")
FILE, EXPRESSION, BOX = "subDirectory_filePath", "expression", ("face_x", "face_y", "face_width", "face_height")
MOST_ROWS = 1_000_000
"""Twice the official release; a row takes some 500 bytes of memory."""

NO_EXPRESSION = ("8", "9", "10")
"""None, Uncertain and No-Face, which follow the eight classes in the official lists."""

LITTER = ("thumbs.db", "desktop.ini")


def is_one(path: Path) -> bool:
    """Say whether `path` is a folder in one of the layouts. Nothing is read yet."""
    return bool(_lists(path) or affectnet_npy.is_one(path) or _split_folders(path))


def has_eight_classes(path: Path) -> bool:
    """Say whether `path` is one and its lists, or its class folders, have contempt, which FER2013 has not."""
    if _lists(path) or affectnet_npy.is_one(path):
        return True
    names = {entry.name.lower() for folder in _split_folders(path).values() for entry in _listing(folder)}
    return bool(names & {"7", "contempt", "contemptuous"})


def read(path: Path, side: int = SIDE) -> Faces:
    """Read AffectNet in `path`, in any of the layouts.

    Names of folders may be in any case of letters; a class folder is a name, a synonym of `labels.SYNONYMS`, or its
    number 0..7 in AffectNet's order. In the official releases images without one of the eight expressions are left out,
    and in the first a face is cut out along its box. Images of any size and colour mode become RGB of `side` x `side`,
    resampled bilinearly over the area that a pixel covers, as torchvision's `Resize((side, side))` does.

    It costs side * side * 3 bytes of disk an image: 0.7 GB for Balanced AffectNet's 41,008 at 75 px, 4.9 GB for the
    official release's 291,650; memory holds what is looked at. Decoding takes some 10 s of a core for the former, once
    where `cache.cached` calls.

    Returns Faces with images [N, side, side, 3], splits "train", "public" (validation) and "test", in this order;
    `rows` are running numbers.
    Raises UserError, naming file or folder: a missing split or class, an unknown class, a link or a listed path that
    leads outside `path`, an image that cannot be decoded or is a decompression bomb.
    """
    root = Path(path)
    try:
        photos = _photos(root)
        images = decoded(photos, side, root)
    except (OSError, ValueError) as error:
        raise expected(f"a readable AffectNet in {root}", reason(error)) from error
    except MemoryError as error:
        raise expected(f"memory for {len(photos) * side * side * 3 / 1e9:.1f} GB of images", "less") from error
    return Faces(
        images=images,
        labels=np.array([photo.label for photo in photos], np.int64),
        split=np.array([photo.split for photo in photos]),
        rows=np.arange(len(photos), dtype=np.int64),
        class_names=AFFECTNET_CLASSES,
        source=f"AffectNet {root.name}",
    )


def _photos(root: Path) -> list[Photo]:
    if _lists(root):
        return _listed(root)
    return affectnet_npy.photos(root) if affectnet_npy.is_one(root) else list(_in_folders(root))


def _split_folders(root: Path) -> dict[str, Path]:
    """Return {split: folder} in the order train, public, test; {} unless train and public are there."""
    found: dict[str, Path] = {}
    for folder in _listing(root):
        split = FOLDERS.get(folder.name.lower())
        if split and folder.is_dir():
            if split in found:
                raise expected(f"one folder for {split} in {root}", f"{found[split].name} and {folder.name}")
            found[split] = folder
    return (
        {split: found[split] for split in (TRAIN, PUBLIC, TEST) if split in found}
        if {TRAIN, PUBLIC} <= {*found}
        else {}
    )


def _in_folders(root: Path) -> Iterator[Photo]:
    splits = _split_folders(root)
    if not splits:
        raise expected(f"AffectNet ({LAYOUTS}) at {root}", "something else")
    for split, folder in splits.items():
        classes: dict[int, Path] = {}
        for entry in _listing(folder):
            label = _label(entry)
            if label in classes:
                raise expected(f"one folder for a class in {folder}", f"{classes[label].name} and {entry.name}")
            classes[label] = entry
        for label, name in enumerate(AFFECTNET_CLASSES):
            images = _listing(classes[label]) if label in classes else []
            if not images:
                raise expected(f"images of each of the eight classes in {folder}", f"none of {name}")
            yield from (Photo(image, label, split) for image in images)


def _listing(folder: Path) -> list[Path]:
    """List a folder by name, without hidden and system files; nothing for what is no folder."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if not p.name.startswith(".") and p.name.lower() not in LITTER)


def _label(folder: Path) -> int:
    try:
        if folder.name in map(str, range(len(AFFECTNET_CLASSES))):
            return int(folder.name)
        return AFFECTNET_CLASSES.index(canonical(folder.name))
    except UserError as error:
        names = ", ".join(AFFECTNET_CLASSES)
        raise expected(f"a class folder (0..7, or {names}, or a synonym)", ascii(str(folder))) from error


def _lists(root: Path) -> dict[str, Path]:
    """Return {split: CSV file} of the official release; {} unless both are there."""
    for folder in LIST_FOLDERS:
        found = {split: root / folder / name for name, split in LISTS.items()}
        if all(path.is_file() for path in found.values()):
            return found
    return {}


def _listed(root: Path) -> list[Photo]:
    images = next(root / folder for folder in IMAGE_FOLDERS if (root / folder).is_dir())
    photos = []
    for split, path in _lists(root).items():
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file, strict=True)
            try:
                listed = itertools.islice(rows, MOST_ROWS)
                found = [_photo(row, images, split, f"{path} line {rows.line_num}") for row in listed]
                if next(rows, None) is not None:
                    raise expected(f"at most {MOST_ROWS:,} rows in {path}", "more")
            except csv.Error as error:
                raise expected(f"a CSV file at {path}", reason(error)) from error
        photos += [photo for photo in found if photo]
        if not any(found):
            raise expected(f"rows with one of the eight expressions in {path}", "none")
    return photos


def _photo(row: dict, images: Path, split: str, where: str) -> Photo | None:
    """Return the photo of one row; None where it has none of the eight expressions."""
    name, expression = row.get(FILE), (row.get(EXPRESSION) or "").strip()
    if expression in NO_EXPRESSION:
        return None
    if not name or expression not in map(str, range(len(AFFECTNET_CLASSES))):
        raise expected(f"{FILE} and an {EXPRESSION} 0..10 in {where}", ascii(f"{name}, {expression}"[:120]))
    return Photo(images / name, int(expression), split, _box(row, where))


def _box(row: dict, where: str) -> tuple[float, float, float, float] | None:
    if not all(row.get(column) for column in BOX):
        return None
    try:
        left, top, width, height = (float(row[column]) for column in BOX)
    except ValueError as error:
        raise expected(f"numbers for the face's box in {where}", ascii([row[column] for column in BOX])) from error
    return left, top, left + width, top + height
