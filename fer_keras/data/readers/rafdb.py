"""RAF-DB's single-label part: aligned colour faces of 100x100 pixels in seven classes (Li, Deng and Du 2017, CVPR).

Two layouts are read. That of its authors: a list EmoLabel/list_patition_label.txt ("train_00001.jpg 5", sic) beside
Image/aligned/train_00001_aligned.jpg. And that of its re-issues: train/ and test/ with folders 1 to 7.
"""

import re
from pathlib import Path

import numpy as np

from fer_keras.config.labels import RAFDB_CLASSES, TEST, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.readers.photos import Photo, decoded
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason, require_file

SIDE = 100
LAYOUTS = "EmoLabel/list_patition_label.txt beside Image/aligned/, or folders train/1 to train/7 and test/1 to test/7"
LISTS = ("list_patition_label.txt", "list_partition_label.txt")
LIST_FOLDERS = (".", "EmoLabel", "basic/EmoLabel")
IMAGE_FOLDERS = ("Image/aligned", "basic/Image/aligned", "aligned")
SPLIT_FOLDERS = {"train": TRAIN, "test": TEST}
NUMBERS = tuple(str(label + 1) for label in range(len(RAFDB_CLASSES)))
NAME = re.compile(r"(train|test)_(\d{1,5})(_aligned)?\.jpg")
FIRST_TEST_ROW = 100_000
MOST_BYTES = 1 << 22
"""Ten times the list's size."""


def is_one(path: Path) -> bool:
    """Say whether `path` is a folder in one of the layouts."""
    return bool(_list(path)) or _has_numbered_folders(path)


def read(path: Path, side: int = SIDE) -> Faces:
    """Read RAF-DB in `path`, in either layout, to the same Faces.

    Returns Faces with images [N, side, side, 3], kept as they are where they have this size, and splits "train" and
    "test"; a row is the image's number in its name, 100,000 more for a test image, and rows ascend.
    Raises UserError, naming file and line: a list that is none, a listed image that is missing, leads outside `path`, or
    cannot be decoded, a name that is not RAF-DB's, an image twice.
    """
    root = Path(path)
    try:
        listed = _listed(root) if _list(root) else _in_folders(root)
        rows = sorted(listed)
        photos = [listed[row] for row in rows]
        images = decoded(photos, side, root)
    except (OSError, ValueError) as error:
        raise expected(f"a readable RAF-DB in {root}", reason(error)) from error
    return Faces(
        images=images,
        labels=np.array([photo.label for photo in photos], np.int64),
        split=np.array([photo.split for photo in photos]),
        rows=np.array(rows, np.int64),
        class_names=RAFDB_CLASSES,
        source=f"RAF-DB {root.name}",
    )


def _list(root: Path) -> Path | None:
    paths = (root / folder / name for folder in LIST_FOLDERS for name in LISTS)
    return next((path for path in paths if path.is_file()), None)


def _has_numbered_folders(root: Path) -> bool:
    return all((root / split / number).is_dir() for split in SPLIT_FOLDERS for number in NUMBERS)


def _listed(root: Path) -> dict[int, Photo]:
    path = require_file(_list(root), "RAF-DB's list", MOST_BYTES)
    folder = _images(root)
    photos: dict[int, Photo] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        words, where = line.split(), f"{path} line {number}"
        if not words:
            continue
        match = NAME.fullmatch(words[0])
        if len(words) != 2 or not match or words[1] not in NUMBERS:
            raise expected(f'an image and a label 1..7 ("train_00001.jpg 5") in {where}', ascii(line[:60]))
        image = folder / f"{match[1]}_{match[2]}_aligned.jpg"
        _add(photos, _row(match), Photo(image, NUMBERS.index(words[1]), SPLIT_FOLDERS[match[1]]), where)
    if not photos:
        raise expected(f"images listed in {path}", "none")
    return photos


def _images(root: Path) -> Path:
    """Return the folder of aligned images. Raises UserError when it is not there, naming the archive it comes in."""
    for name in IMAGE_FOLDERS:
        if (root / name).is_dir():
            return root / name
    packed = next((root / f"{name}.zip" for name in IMAGE_FOLDERS if (root / f"{name}.zip").is_file()), None)
    how = f"Unpack it there: python -m zipfile -e {packed} {packed.parent}" if packed else ""
    raise expected(f"{IMAGE_FOLDERS[0]}/ in {root}", packed or "none", how)


def _in_folders(root: Path) -> dict[int, Photo]:
    photos: dict[int, Photo] = {}
    for split in SPLIT_FOLDERS:
        for label, number in enumerate(NUMBERS):
            folder = root / split / number
            for file in sorted(folder.iterdir()):
                match = NAME.fullmatch(file.name)
                if file.name.startswith("."):
                    continue
                if not match or match[1] != split:
                    raise expected(f"images called {split}_00001_aligned.jpg in {folder}", ascii(file.name))
                _add(photos, _row(match), Photo(file, label, SPLIT_FOLDERS[split]), str(file))
    if not photos:
        raise expected(f"images in {root}", "empty folders")
    return photos


def _row(match: re.Match) -> int:
    return int(match[2]) + FIRST_TEST_ROW * (match[1] == "test")


def _add(photos: dict[int, Photo], row: int, photo: Photo, where: str) -> None:
    if row in photos:
        raise expected(f"each image once, but {where}", f"{photo.path.name} a second time")
    photos[row] = photo
