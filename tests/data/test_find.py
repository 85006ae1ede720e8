"""Where the data are looked for, and what is read there; the real FER2013 in every layout where it is at hand."""

import csv
import dataclasses
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.datasets import DATASETS
from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES, USAGE
from fer_keras.data import datasets, find, official_copy
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus
from fer_keras.data.readers.toy import toy_faces
from fer_keras.io.errors import UserError

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKED = ROOT.parent / "shared" / "data" / "fer2013"
EACH = 8
WORD = {split: usage for usage, split in USAGE.items()}


def all_faces():
    """FER2013 from the packed copy beside the repository; toy faces where there is none."""
    if not PACKED.exists():
        return toy_faces(EACH, EACH, EACH)
    with open(PACKED / "labels.csv", newline="") as file:
        table = list(csv.DictReader(file))
    images = np.concatenate([np.asarray(Image.open(path)) for path in sorted((PACKED / "faces").glob("*.png"))])
    labels = np.array([int(line["emotion"]) for line in table])
    split = np.array([USAGE[line["Usage"]] for line in table])
    return Faces(images.reshape(-1, 48, 48, 1), labels, split, np.arange(len(table)), FER2013_CLASSES)


def write_csv(path, faces, header):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header]
    for image, label, split in zip(faces.images, faces.labels, faces.split, strict=True):
        text = " ".join(map(str, image.ravel()))
        lines.append(f"{label},{text},{WORD[split]}" if header.endswith("Usage") else f"{label},{WORD[split]},{text}")
    path.write_text("\n".join(lines) + "\n")


def write_votes(path, faces):
    """Nine votes for each face's own label."""
    lines = ["Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"]
    for label, split in zip(faces.labels, faces.split, strict=True):
        column = FERPLUS_CLASSES.index(FER2013_CLASSES[label])
        lines.append(f"{WORD[split]},a.png," + ",".join("9" if k == column else "0" for k in range(10)))
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def everything():
    return all_faces()


@pytest.fixture(scope="module")
def faces(everything):
    """The first faces of each split, numbered from 0."""
    chosen = [np.flatnonzero(everything.split == split)[:EACH] for split in ("train", "public", "private")]
    return dataclasses.replace(everything.take(np.concatenate(chosen)), rows=np.arange(3 * EACH))


@pytest.fixture(scope="module")
def data(tmp_path_factory, faces):
    """One folder a layout."""
    root = tmp_path_factory.mktemp("layouts")
    write_csv(root / "csv" / "fer2013.csv", faces, "emotion,pixels,Usage")
    write_csv(root / "icml" / "icml_face_data.csv", faces, "emotion, Usage, pixels")
    return root


@pytest.fixture(autouse=True)
def nothing_else_to_find(monkeypatch, tmp_path):
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_real_fer2013_passes_the_gate_and_fits_ferplus_and_toy_faces_do_not_pass(everything):
    assert (official_copy.check(everything) == []) is not everything.synthetic
    if not everything.synthetic:
        joined = ferplus.join(everything, ferplus.read_votes(PACKED / "fer2013new.csv"))
        _, keep = ferplus.majority(joined.votes)
        kept = [int(keep[joined.split == split].sum()) for split in ("train", "public", "private")]
        assert kept == [25060, 3199, 3153]


def test_both_csv_files_are_one_data_set(data, tmp_path, faces):
    for layout in ("csv", "icml"):
        for _ in range(2):
            found = find.load(find.locate(str(data / layout)), tmp_path / "cache")
            assert found.fingerprint == faces.fingerprint
    assert len(official_copy.check(found)) == 24


def test_folders_whose_names_carry_rows_are_the_csv(tmp_path, faces):
    """One face of each class in each folder, so that no class folder is missing, under rows that FER2013 has."""
    chosen = [int(np.flatnonzero(faces.labels == label)[0]) for label in range(7) if (faces.labels == label).any()]
    filler = chosen[0]
    wanted = {}
    for label, name in enumerate(FER2013_CLASSES):
        k = chosen[label] if label < len(chosen) and faces.labels[chosen[label]] == label else filler
        for folder, usage, row in (
            ("train", "Training", label),
            ("test", "PublicTest", 28709 + label),
            ("test", "PrivateTest", 32298 + label),
        ):
            path = tmp_path / "images" / folder / name / f"{usage}_{row}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(faces.images[k, :, :, 0]).save(path)
            wanted[row] = (label, USAGE[usage], faces.images[k])
    rows = sorted(wanted)
    found = find.load(find.locate(str(tmp_path / "images")), tmp_path / "cache")
    expected = Faces(
        images=np.stack([wanted[row][2] for row in rows]),
        labels=np.array([wanted[row][0] for row in rows]),
        split=np.array([wanted[row][1] for row in rows]),
        rows=np.array(rows),
        class_names=FER2013_CLASSES,
    )
    assert found.fingerprint == expected.fingerprint


def test_the_argument_comes_before_the_environment_and_that_before_data(data, tmp_path, monkeypatch):
    assert find.locate() is None
    (tmp_path / "data").mkdir()
    assert find.locate() is None
    (tmp_path / "data" / "icml_face_data.csv").write_bytes((data / "icml" / "icml_face_data.csv").read_bytes())
    assert find.locate().path == pathlib.Path("data/icml_face_data.csv")
    monkeypatch.setenv("FER2013", str(data / "csv"))
    assert find.locate().path == data / "csv" / "fer2013.csv"
    assert find.locate(str(data / "icml")).path == data / "icml" / "icml_face_data.csv"


def test_the_folder_of_the_challenges_archive_is_found(data, tmp_path):
    (tmp_path / "fer2013").symlink_to(data / "csv")
    assert find.locate(str(tmp_path)).path == tmp_path / "fer2013" / "fer2013.csv"


def test_what_is_given_but_wrong_is_an_error_whatever_else_could_be_found(data, tmp_path, monkeypatch):
    monkeypatch.setenv("FER2013", str(data / "csv"))
    with pytest.raises(UserError, match=r"at --data missing. Received: nothing there. FER2013 can be had from Kaggle"):
        find.locate("missing")
    (tmp_path / "wrong").mkdir()
    with pytest.raises(UserError, match=r"Received: an empty folder"):
        find.locate("wrong")
    (tmp_path / "wrong" / "fer2013.zip").touch()
    with pytest.raises(UserError, match=r"Received: 'fer2013.zip'"):
        find.locate("wrong")
    monkeypatch.setenv("FER2013", str(tmp_path / "wrong"))
    with pytest.raises(UserError, match=r"at \$FER2013 "):
        find.locate()
    with pytest.raises(UserError, match=r"Received: nothing there"):
        find.locate("a\0b")


def test_where_to_get_is_one_line():
    lines = [datasets.get(name).where_to_get for name in DATASETS]
    assert not any("\n" in line for line in lines) and "msambare/fer2013" in lines[0]


def test_votes_beside_the_file_are_joined(tmp_path, faces):
    write_csv(tmp_path / "fer2013.csv", faces, "emotion,pixels,Usage")
    write_votes(tmp_path / "fer2013new.csv", faces)
    for _ in range(2):
        found = find.load(find.at(tmp_path / "fer2013.csv"), tmp_path / "cache")
        assert [FERPLUS_CLASSES[k] for k in found.votes.argmax(1)] == [FER2013_CLASSES[label] for label in faces.labels]


def test_votes_beside_files_without_row_numbers_are_left_out_and_that_is_said(tmp_path, faces, capsys):
    for split in ("train", "test"):
        for name in FER2013_CLASSES:
            (tmp_path / "images" / split / name).mkdir(parents=True)
            Image.new("L", (48, 48)).save(tmp_path / "images" / split / name / "1.png")
    write_votes(tmp_path / "images" / "fer2013new.csv", faces)
    assert find.load(find.at(tmp_path / "images"), tmp_path / "cache").votes is None
    assert (
        capsys.readouterr().err
        == "note: image folders images carries no FER2013 row numbers, so fer2013new.csv is not joined\n"
    )


def test_importing_the_readers_loads_no_tensorflow():
    code = "import sys, fer_keras.data.find, fer_keras.data.readers.toy; assert 'tensorflow' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
