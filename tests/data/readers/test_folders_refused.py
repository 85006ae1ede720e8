"""Image folders that are refused, and files in them that can be left out."""

import os
import struct
import zlib

import numpy as np
import pytest

from fer_keras.data.readers import folders
from fer_keras.io.errors import UserError
from tests.data.readers.face_folders import face, layout, save


def bomb(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0\0\0\0IDAT"


def empty_folder(root):
    for file in (root / "train" / "sad").iterdir():
        file.unlink()


def link_outside(root):
    (root / "train" / "sad" / "Training_4.png").unlink()
    save(root.parent / "outside.png", face(0))
    os.symlink(root.parent / "outside.png", root / "train" / "sad" / "Training_4.png")


def folder_link_outside(root):
    save(root.parent / "elsewhere" / "Training_70.png", face(0))
    os.symlink(root.parent / "elsewhere", root / "train" / "scared")


def put(content):
    def change(root):
        path = root / "train" / "sad" / "Training_4.png"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            save(path, content)

    return change


def pipe(root):
    os.mkfifo(root / "train" / "sad" / "Training_700.png")


def truncate(root):
    path = root / "train" / "sad" / "Training_4.png"
    path.write_bytes(path.read_bytes()[:1000])


REFUSED = {
    "zero bytes": (put(b""), "an image at .*Training_4.png. Received: an empty file"),
    "no image": (put(b"hello"), "an image that can be decoded at .*Training_4.png"),
    "truncated": (truncate, "an image that can be decoded at .*Training_4.png"),
    "another size": (put(np.zeros((47, 48), np.uint8)), "a 48x48 image at .*Training_4.png. Received: 48x47"),
    "coloured": (
        put(np.arange(6912, dtype=np.uint8).reshape(48, 48, 3)),
        "a grey image at .* Received: a coloured one",
    ),
    "sixteen bits": (put(np.full((48, 48), 999, np.uint16)), "an 8-bit grey image at .* Received: mode I;16"),
    "large bomb": (put(bomb(12000, 12000)), "a 48x48 image at .*Training_4.png. Received: a far larger one"),
    "huge bomb": (put(bomb(60000, 60000)), "a 48x48 image at .*Training_4.png. Received: a far larger one"),
    "large file": (put(bytes(2_000_000)), "a 48x48 image at .* Received: a file of 2000000 bytes"),
    "empty class": (empty_folder, "images in .*sad. Received: an empty folder"),
    "unknown class": (lambda root: (root / "train" / "bored").mkdir(), "a class folder .* Received: '.*bored'"),
    "contempt": (lambda root: (root / "train" / "contempt").mkdir(), "a class folder .* Received: '.*contempt'"),
    "missing class": (
        lambda root: (root / "train" / "sad").rename(root / "sad"),
        "each of the classes in .*none for sad",
    ),
    "no train": (lambda root: (root / "train").rename(root / "other"), "a folder train/ in .* Received: none"),
    "two validations": (
        lambda root: [(root / name).mkdir() for name in ("val", "validation")],
        "one folder for public",
    ),
    "stray file": (lambda root: (root / "train" / "x.png").touch(), "class folders only in .* Received: x.png"),
    "other format": (
        lambda root: (root / "train" / "sad" / "a.gif").touch(),
        "png or jpg files in .* Received: 'a.gif'",
    ),
    "test in train": (
        lambda root: save(root / "train" / "sad" / "PublicTest_28720.png", face(0)),
        "images of train in",
    ),
    "link outside": (link_outside, "links that stay inside .* Received: .*Training_4.png, which leads to"),
    "folder link outside": (folder_link_outside, "links that stay inside .* Received: .*scared, which leads to"),
    "pipe": (pipe, "an image at .*Training_700.png. Received: a pipe or device"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_line(name, tmp_path):
    root = layout(tmp_path / "data", each=1)
    change, message = REFUSED[name]
    change(root)
    with pytest.raises(UserError, match=message) as caught:
        folders.read(root)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_listed_with_their_rows_and_can_be_left_out(tmp_path):
    root = layout(tmp_path)
    truncate(root)
    save(root / "test" / "sad" / "PublicTest_28720.png", np.zeros((20, 20), np.uint8))
    bad = {one.file: one for one in folders.unreadable(root)}
    assert [one[1:4] for one in bad.values()] == [(4, 4, "train"), (28720, 4, "public")]
    assert "Expected a 48x48 image at" in bad["test/sad/PublicTest_28720.png"].why
    faces = folders.read(root, leave_out=frozenset(bad))
    rows = [*range(14), *range(28709, 28723), *range(32298, 32312)]
    assert faces.rows.tolist() == [row for row in rows if row not in (4, 28720)]
    np.testing.assert_array_equal(faces.images[0, ..., 0], face(faces.rows[0]))


def test_a_sound_folder_lists_nothing(tmp_path):
    assert folders.unreadable(layout(tmp_path)) == []


def test_links_inside_are_followed(tmp_path):
    root = layout(tmp_path)
    (root / "train" / "sad").rename(root / "sad")
    os.symlink(root / "sad", root / "train" / "sad")
    assert len(folders.read(root)) == 42


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        folders.read(tmp_path / "missing")
    assert not folders.is_one(tmp_path / "missing")
