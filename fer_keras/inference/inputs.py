"""What a user names to predict: photos, folders and wildcards of them, videos, cameras."""

import dataclasses
import glob
import os
import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from fer_keras.inference.content import head_of, kind_of
from fer_keras.io.errors import UserError, expected

PHOTO_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".avif", ".avifs"),
    *(".heic", ".heif", ".hif", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".qoi", ".dib", ".ico"),
)
"""Files in a folder that count as photos; a file that is named itself may be called anything."""
VIDEO_SUFFIXES = (
    ".mp4",
    ".m4v",
    ".mov",
    ".avi",
    ".mkv",
    ".webm",
    ".mpg",
    ".mpeg",
    ".wmv",
    ".flv",
    ".3gp",
    ".mts",
    ".ts",
)
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
CAMERA = re.compile(r"\d{1,2}")


@dataclasses.dataclass(frozen=True)
class Input:
    """One photo, video or camera; `name` is what the user calls it, a path or a camera's number."""

    kind: Literal["photo", "video", "camera"]
    name: str

    @property
    def path(self) -> pathlib.Path:
        return pathlib.Path(self.name)


def expand(words: Iterable[str]) -> Iterator[Input | UserError]:
    """Yield every input that `words` name, in order; for a word that names none, the UserError that says so.

    A folder stands for the photos in it and in the folders below, by name; hidden ones and links to folders are left
    out. Wildcards are the shell's, ** among them, for the shells that leave them as they are. A number is a camera,
    unless a file is called so.
    """
    for word in words:
        try:
            yield from _expanded(word)
        except UserError as error:
            yield error


def _expanded(word: str) -> Iterator[Input]:
    if not word:
        raise expected("a file, folder, wildcard or camera number", "an empty name")
    if URL.match(word):
        raise expected("a file, folder, wildcard or camera number", f"the address {word}", "Download it first.")
    if os.path.isdir(word):
        yield from _in_folder(pathlib.Path(word))
    elif os.path.lexists(word):
        yield Input("video" if _is_video(pathlib.Path(word)) else "photo", word)
    elif CAMERA.fullmatch(word):
        yield Input("camera", word)
    elif glob.has_magic(word):
        yield from _matching(word)
    else:
        yield Input(
            "video" if word.lower().endswith(VIDEO_SUFFIXES) else "photo", word
        )  # its reader says it is missing


def _matching(pattern: str) -> Iterator[Input]:
    found = sorted(glob.glob(pattern, recursive=True), key=lambda name: (name.count(os.sep), name))
    if not found:
        raise expected(f"files that match {pattern}", "none")
    shortest = {os.path.realpath(name): name for name in reversed(found)}  # ** follows links, round in circles too
    for name in sorted(shortest.values()):
        if os.path.isfile(name):
            yield from _expanded(name)
        elif not pattern.endswith("**") and os.path.isdir(name):
            yield from _in_folder(pathlib.Path(name))


def _in_folder(folder: pathlib.Path) -> Iterator[Input]:
    empty = True
    for path in _walk(folder):
        empty = False
        yield Input("photo", str(path))
    if empty:
        raise expected(f"photos in the folder {folder}", "none", f"Counted are {', '.join(PHOTO_SUFFIXES[:6])}, ...")


def _walk(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise expected(f"a folder that can be read at {folder}", error.strerror) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(pathlib.Path(entry.path))
        elif entry.name.lower().endswith(PHOTO_SUFFIXES) and not entry.is_dir():
            yield pathlib.Path(entry.path)


def _is_video(path: pathlib.Path) -> bool:
    """Say whether the file is a video: by its content, by its name where that is not telling."""
    kind = kind_of(head_of(path))
    return kind == "video" or (kind == "something else" and path.suffix.lower() in VIDEO_SUFFIXES)
