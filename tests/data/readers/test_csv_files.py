"""Which file of a folder is taken for FER2013's table."""

import gzip
import os
import zipfile

import pytest

from fer_keras.data.readers import csv_files
from fer_keras.io.errors import UserError

TABLE = b"emotion,pixels,Usage\n0,1 2 3,Training\n"
VOTES = b"Usage,Image name,neutral,happiness\n"


def put(folder, **contents):
    for name, content in contents.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


@pytest.mark.parametrize("name", ["fer2013.csv", "FER2013.CSV", "Icml_Face_Data.csv"])
def test_the_usual_names_are_known_in_any_case_and_not_looked_into(name, tmp_path):
    (tmp_path / name).write_bytes(b"anything")
    assert csv_files.named(tmp_path) == tmp_path / name


def test_fer2013_csv_comes_before_the_other(tmp_path):
    put(tmp_path, icml_face_data__csv=TABLE, fer2013__csv=TABLE)
    assert csv_files.named(tmp_path) == tmp_path / "fer2013.csv"


def test_what_is_no_table_is_not_taken_for_one(tmp_path):
    put(tmp_path, fer2013new__csv=VOTES, notes__txt=TABLE, other__csv=b"\x1f\x8bdamaged", _hidden=b"")
    (tmp_path / ".fer.csv").write_bytes(TABLE)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    assert csv_files.named(tmp_path) is None and csv_files.unnamed(tmp_path) is None
    assert csv_files.unnamed(tmp_path / "missing") is None


def test_the_only_table_is_known_by_its_header_whatever_its_name(tmp_path):
    put(tmp_path, fer2013new__csv=VOTES, my_faces__csv=b"\xef\xbb\xbf" + TABLE.replace(b",", b";"))
    assert csv_files.unnamed(tmp_path) == tmp_path / "my_faces.csv"


def test_a_packed_table_is_looked_into(tmp_path):
    put(tmp_path, faces__csv__gz=gzip.compress(TABLE), votes__csv__gz=gzip.compress(VOTES))
    assert csv_files.unnamed(tmp_path) == tmp_path / "faces.csv.gz"
    (tmp_path / "faces.csv.gz").unlink()
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("data/train.csv", TABLE)
    assert csv_files.unnamed(tmp_path) == tmp_path / "archive.zip"


def test_a_packed_file_of_the_usual_name_is_taken_to_be_refused_with_what_to_do(tmp_path):
    (tmp_path / "FER2013.tar.gz").write_bytes(b"\x1f\x8b")
    assert csv_files.unnamed(tmp_path) == tmp_path / "FER2013.tar.gz"


def test_several_tables_are_refused_by_name(tmp_path):
    put(tmp_path, a__csv=TABLE, b__csv=TABLE)
    with pytest.raises(UserError, match=r"one CSV file of faces in .* Received: a.csv, b.csv. Give the one"):
        csv_files.unnamed(tmp_path)
