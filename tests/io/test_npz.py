"""Archives of arrays: what is written small comes back; other compressions are refused."""

import zipfile

import numpy as np
import pytest

from fer_keras.io import npz
from fer_keras.io.errors import UserError


def test_the_smallest_archive_is_read_by_numpy_too_and_its_bytes_are_the_arrays_alone(tmp_path, monkeypatch):
    arrays = {"a/rows": np.arange(1000), "a/base": np.array("é"), "b": np.zeros((0, 7), np.uint16)}
    npz.write_smallest(tmp_path / "one.npz", arrays)
    monkeypatch.setattr("time.localtime", lambda *_: (2030, 1, 2, 3, 4, 5, 0, 0, 0))
    npz.write_smallest(tmp_path / "two.npz", arrays)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz", allow_pickle=False) as by_numpy:
        for read in (npz.read_npz(tmp_path / "one.npz"), by_numpy):
            assert list(read) == list(arrays)
            for name, array in arrays.items():
                np.testing.assert_array_equal(read[name], array)
                assert read[name].dtype == array.dtype
    with zipfile.ZipFile(tmp_path / "one.npz") as archive:
        kinds = {member.filename: member.compress_type for member in archive.infolist()}
    deflated = zipfile.ZIP_DEFLATED
    assert kinds == {"a/rows.npy": zipfile.ZIP_LZMA, "a/base.npy": deflated, "b.npy": deflated}, "LZMA from 4 kB on"


def test_objects_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        npz.write_smallest(tmp_path / "x.npz", {"a": np.array([{}], object)})


def test_another_compression_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_BZIP2) as archive, archive.open("a.npy", "w") as member:
        np.lib.format.write_array(member, np.arange(3))
    with pytest.raises(UserError, match="Received: a compression other than deflate and LZMA"):
        npz.read_npz(tmp_path / "x.npz")


def test_a_member_that_a_damaged_entry_hides_is_missed(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, a=np.arange(3), b=np.arange(4))
    content = bytearray(path.read_bytes())
    first = content.find(b"PK\1\2")
    second = content.find(b"PK\1\2", first + 4)
    length_of_comment = len(content[second : content.rfind(b"PK\5\6")])
    content[first + 32 : first + 34] = length_of_comment.to_bytes(2, "little")
    path.write_bytes(content)
    with pytest.raises(UserError, match="Received: 1 members where 2 are counted"):
        npz.read_npz(path)
