"""The cache: hits, misses, damage, folders, and places where nothing can be written."""

import mmap
import os

import numpy as np
import pytest

from fer_keras.data.cache import cached, default_dir
from fer_keras.data.faces import Faces
from fer_keras.io.errors import UserError


class Reader:
    """Reads any file as three faces made of its first byte, and counts how often."""

    def __init__(self):
        self.__qualname__ = "Reader"
        self.calls = 0

    def __call__(self, path):
        self.calls += 1
        if path.is_file() and path.read_bytes() == b"bad":
            raise UserError("bad")
        first = path.read_bytes()[0] if path.is_file() else len(list(path.iterdir()))
        images = np.full((3, 4, 5, 1), first, np.uint8)
        split = np.array(["train", "public", "private"])
        return Faces(
            images, np.array([0, 1, 1]), split, np.array([0, 7, 3]), ("a", "b"), source="three", synthetic=True
        )


@pytest.fixture
def read():
    return Reader()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.csv"
    path.write_bytes(b"xyz")
    return path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def test_the_second_time_the_reader_is_not_asked(read, source, folder):
    first, second = cached(source, read, folder), cached(source, read, folder)
    assert read.calls == 1
    assert second.fingerprint == first.fingerprint
    assert (second.class_names, second.source, second.synthetic, second.votes) == (("a", "b"), "three", True, None)
    assert (second.labels.dtype, second.rows.dtype) == (first.labels.dtype, first.rows.dtype)
    assert not second.images.flags.writeable


def test_what_comes_back_is_a_map_of_the_file(read, source, folder):
    fresh, again = (cached(source, read, folder) for _ in range(2))
    np.testing.assert_array_equal(again.images, fresh.images)
    kept = again.images
    while isinstance(kept, np.ndarray):
        kept = kept.base
    assert isinstance(kept.obj if isinstance(kept, memoryview) else kept, mmap.mmap)


def test_a_changed_source_is_read_again(read, source, folder):
    cached(source, read, folder)
    source.write_bytes(b"Xyz")
    os.utime(source, ns=(0, 1))
    assert cached(source, read, folder).images[0, 0, 0, 0] == ord("X")
    assert read.calls == 2


def test_a_moved_or_touched_source_is_not_parsed_again(read, source, folder):
    cached(source, read, folder)
    os.utime(source, ns=(0, 1))
    cached(source, read, folder)
    cached(source.rename(source.with_name("moved.csv")), read, folder)
    assert read.calls == 1
    assert len(list(folder.glob("seen-*"))) == 3 and len(list(folder.glob("*.npy"))) == 1


def test_another_reader_has_its_own_entry(read, source, folder):
    cached(source, read, folder)
    other = Reader()
    other.__qualname__ = "Other"
    cached(source, other, folder)
    assert other.calls == 1


@pytest.mark.parametrize("pattern", ["*.npy", "*.json", "seen-*"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "empty", "grow"])
def test_damage_is_noticed_said_and_repaired(pattern, damage, read, source, folder, capsys):
    whole = cached(source, read, folder).fingerprint
    (path,) = folder.glob(pattern)
    data = path.read_bytes()
    flipped = data[:-20] + bytes([data[-20] ^ 0x80]) + data[-19:]
    path.write_bytes({"flip": flipped, "truncate": data[:-20], "empty": b"", "grow": data + b"}"}[damage])
    assert cached(source, read, folder).fingerprint == whole
    said = capsys.readouterr().err
    if pattern != "seen-*":
        assert read.calls == 2 and said.count("\n") == 1 and "is damaged" in said
    assert cached(source, read, folder).fingerprint == whole
    assert read.calls <= 2 and capsys.readouterr().err == ""


def test_a_lost_array_file_is_rebuilt(read, source, folder):
    cached(source, read, folder)
    next(folder.glob("*.npy")).unlink()
    cached(source, read, folder)
    cached(source, read, folder)
    assert read.calls == 2


def test_nothing_is_kept_of_a_bad_source_and_nothing_is_left_half_written(read, source, folder):
    source.write_bytes(b"bad")
    with pytest.raises(UserError, match="bad"):
        cached(source, read, folder)
    assert not folder.exists()


def test_a_write_that_breaks_leaves_no_file(read, source, folder, monkeypatch, capsys):
    def broken(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    assert len(cached(source, read, folder)) == 3
    assert list(folder.iterdir()) == []
    assert "cannot be written to (No space left on device)" in capsys.readouterr().err


def test_a_cache_that_cannot_be_written_to_is_done_without(read, source, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert len(cached(source, read, tmp_path / "file" / "cache")) == 3
    said = capsys.readouterr().err
    assert said.startswith("note: ") and said.count("\n") == 1


def test_a_missing_source_is_the_readers_to_refuse(read, folder, tmp_path):
    with pytest.raises(FileNotFoundError):
        cached(tmp_path / "missing", lambda path: path.read_bytes(), folder)


def test_a_reader_that_breaks_is_not_taken_for_a_cache_that_does(source, folder):
    def read(path):
        raise PermissionError(13, "Permission denied")

    with pytest.raises(PermissionError):
        cached(source, read, folder)
    assert not folder.exists()


def test_a_source_that_changes_while_it_is_read_is_not_kept(read, source, folder):
    def growing(path):
        faces = read(path)
        path.write_bytes(b"xyz and more")
        return faces

    cached(source, growing, folder)
    assert not folder.exists()


def test_a_folder_is_known_by_all_its_files(read, folder, tmp_path):
    source = tmp_path / "images"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.png").write_bytes(b"1")
    cached(source, read, folder)
    cached(source, read, folder)
    assert read.calls == 1
    (source / "deep" / "b.png").write_bytes(b"2")
    cached(source, read, folder)
    (source / "deep" / "b.png").rename(source / "deep" / "c.png")
    cached(source, read, folder)
    assert read.calls == 3


def test_the_default_folder_is_the_environments_or_the_homes(monkeypatch):
    monkeypatch.setenv("FER_KERAS_CACHE", "/somewhere/else")
    assert str(default_dir()) == "/somewhere/else"
    monkeypatch.delenv("FER_KERAS_CACHE")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(default_dir()) == "/home/me/.cache/fer_keras"
