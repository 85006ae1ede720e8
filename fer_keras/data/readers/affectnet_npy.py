"""AffectNet's later release: train_set/ and val_set/, each with images/N.jpg and annotations/N_exp.npy (faces cut out).

N_exp.npy holds the number of one expression, as a number or as its text. N_aro.npy, N_val.npy and N_lnd.npy (arousal,
valence, landmarks) are not opened.
"""

import os
import re
from pathlib import Path

import numpy as np

from fer_keras.config.labels import AFFECTNET_CLASSES, PUBLIC, TRAIN
from fer_keras.data.readers.photos import Photo
from fer_keras.io.errors import expected
from fer_keras.io.paths import require_file

LAYOUT = "train_set/ and val_set/ with images/N.jpg and annotations/N_exp.npy"
SETS = {"train_set": TRAIN, "val_set": PUBLIC}
IMAGES, ANNOTATIONS = "images", "annotations"
NAME = re.compile(r"(\d{1,9})\.(jpg|jpeg|png)", re.IGNORECASE)
NO_EXPRESSION = (8, 9, 10)
"""None, Uncertain and No-Face."""

MOST_BYTES = 1024
"""Of an annotation; the release's have 130 to 150."""


def is_one(path: Path) -> bool:
    """Say whether `path` has this layout."""
    return all((path / name / part).is_dir() for name in SETS for part in (IMAGES, ANNOTATIONS))


def photos(root: Path) -> list[Photo]:
    """Return the images with one of the eight expressions, training before validation, each in the order of its numbers.

    Raises UserError, naming the file: another file among the images, a link that leads outside `root`, an image without
    annotation, an annotation that is no expression's number or would have to be unpickled, a set without images.
    """
    return [photo for name, split in SETS.items() for photo in _set(root, root / name, split)]


def _set(root: Path, folder: Path, split: str) -> list[Photo]:
    found = []
    for number, image in _numbered(folder / IMAGES):
        path = folder / ANNOTATIONS / f"{number}_exp.npy"
        expression = _expression(path, root)
        if expression not in NO_EXPRESSION:
            found.append(Photo(image, expression, split))
    if not found:
        raise expected(f"images with one of the eight expressions in {folder}", "none")
    return found


def _numbered(folder: Path) -> list[tuple[str, Path]]:
    """List (number as text, file) of the images in `folder`, by number."""
    files = []
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name.lower() in ("thumbs.db", "desktop.ini"):
            continue
        match = NAME.fullmatch(entry.name)
        if not match:
            raise expected(f"images called by a number (17.jpg) in {folder}", ascii(entry.name))
        files.append((match[1], Path(entry.path)))
    return sorted(files, key=lambda numbered: (int(numbered[0]), numbered[1]))


def _expression(path: Path, root: Path) -> int:
    """Return the number in an annotation, 0..10. Never unpickles."""
    require_file(path, "an expression's annotation", MOST_BYTES)
    if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
        raise expected(f"annotations inside {root}", f"{path}, which leads outside")
    try:
        value = np.load(path, allow_pickle=False)
        text = str(value.item()) if value.size == 1 else f"{value.size} values"
    except Exception as error:  # damaged bytes raise nearly anything
        raise expected(f"an annotation (a .npy file without objects) at {path}", type(error).__name__) from error
    number = re.fullmatch(r"(\d{1,2})(\.0)?", text.strip())
    if not number or int(number[1]) >= len(AFFECTNET_CLASSES) + len(NO_EXPRESSION):
        raise expected(f"an expression 0..10 at {path}", ascii(text[:60]))
    return int(number[1])
