"""FER2013 in the places and under the names that people have it: found at the path that was given, and read."""

import gzip
import zipfile

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import find
from fer_keras.io.errors import UserError

USAGES = ("Training", "PublicTest", "PrivateTest")


@pytest.fixture(autouse=True)
def nothing_else_to_find(monkeypatch, tmp_path):
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.chdir(tmp_path)


def table(rows=21):
    pixels = [" ".join(map(str, np.random.default_rng(row).integers(0, 256, 2304))) for row in range(rows)]
    lines = [f"{row % 7},{pixels[row]},{USAGES[row // 7]}" for row in range(rows)]
    return "\n".join(["emotion,pixels,Usage", *lines, ""]).encode()


def load(path):
    return find.load(find.locate(str(path)), path.parent / "cache")


@pytest.fixture
def plain(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "fer2013.csv").write_bytes(table())
    return load(tmp_path / "plain").fingerprint


def zipped(content):
    def write(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("fer2013/fer2013.csv", content)

    return write


TABLES = {
    "FER2013.CSV": table(),
    "icml_face_data.CSV": table(),
    "my faces.csv": table(),
    "fer2013.csv.gz": gzip.compress(table()),
    "fer2013.zip": zipped(table()),
    "archive.zip": zipped(table()),
    "fer2013/Fer2013.csv": table(),
    "fer2013/challenge.csv": table(),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_table_under_another_name_or_packed(name, given, tmp_path, plain):
    folder, content = tmp_path / "data set", TABLES[name]
    (folder / name).parent.mkdir(parents=True)
    (folder / "readme.txt").write_text("not this")
    content(folder / name) if callable(content) else (folder / name).write_bytes(content)
    faces = load(folder / name if given == "file" else folder)
    assert (faces.fingerprint, faces.source) == (plain, (folder / name).name)


def test_an_archive_that_cannot_be_read_in_place_is_told_how_to_unpack(tmp_path):
    (tmp_path / "data set").mkdir()
    (tmp_path / "data set" / "fer2013.tar.gz").write_bytes(gzip.compress(bytes(257) + b"ustar" + bytes(250)))
    with pytest.raises(UserError, match=r"Received: a tar archive. Unpack it first \(tar xf fer2013.tar.gz\)"):
        load(tmp_path / "data set")


def test_image_folders_come_before_a_packed_table(tmp_path):
    for name in FER2013_CLASSES:
        (tmp_path / "data set" / "train" / name).mkdir(parents=True)
        Image.new("L", (48, 48)).save(tmp_path / "data set" / "train" / name / "1.png")
    zipped(table())(tmp_path / "data set" / "fer2013.zip")
    assert load(tmp_path / "data set").source == "image folders data set"


@pytest.mark.parametrize("parent", ["archive", "fer2013", "My Download"])
def test_the_parent_of_image_folders(parent, tmp_path):
    for name in FER2013_CLASSES:
        for split in ("Training", "Testing"):
            folder = tmp_path / "data set" / parent / split / name
            folder.mkdir(parents=True)
            Image.new("L", (48, 48), len(split)).save(folder / "1.png")
    faces = load(tmp_path / "data set")
    assert faces.source == f"image folders {parent}"
    assert [np.unique(faces.where(split).images).tolist() for split in ("train", "test")] == [[8], [7]]


def test_the_path_that_is_given_is_the_one_that_is_named(tmp_path, plain):
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_bytes(table())
        assert load(tmp_path / name).source == name
