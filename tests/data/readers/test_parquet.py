"""FER2013 as parquet files of data hubs: names of files, columns and labels, and what is refused."""

import io
import json
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import find
from fer_keras.data.readers import csv_source, folder_entries, parquet
from fer_keras.io.errors import UserError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

ALPHABET = sorted(FER2013_CLASSES)
"""The order in which a hub's converter numbers class folders."""


def face(seed):
    return np.random.default_rng(seed).integers(0, 256, (48, 48), np.uint8)


def encoded(seed, pixels=None):
    file = io.BytesIO()
    Image.fromarray(face(seed) if pixels is None else pixels).save(file, "PNG")
    return file.getvalue()


def write(path, columns, names=None, label="label"):
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    if names:
        told = {"info": {"features": {label: {"_type": "ClassLabel", "names": names}}}}
        table = table.replace_schema_metadata({"huggingface": json.dumps(told)})
    pq.write_table(table, path)
    return path


def hub(path, seeds, names=ALPHABET, **others):
    images = [{"bytes": encoded(seed), "path": f"{seed}.png"} for seed in seeds]
    labels = [names.index(FER2013_CLASSES[seed % 7]) for seed in seeds]
    return write(path, {"image": images, "label": labels} | others, names)


@pytest.mark.parametrize(
    "files",
    [
        ("train-00000-of-00001.parquet", "test-00000-of-00001.parquet"),
        ("data/train-00000-of-00001-810ee3454f7afd97.parquet", "data/test-00000-of-00001-9cfb5ea29e64daba.parquet"),
        ("default/train/0000.parquet", "default/test/0000.parquet"),
        ("train.parquet", "test.parquet"),
    ],
)
def test_a_hubs_files_are_read_with_their_own_numbers_of_classes(tmp_path, files):
    root = tmp_path / "hub"
    hub(root / files[0], range(14))
    hub(root / files[1], range(50, 57))
    location = find.at(root)
    assert (location.dataset, location.read) == ("fer2013", parquet.read)
    faces = find.load(location, tmp_path / "cache")
    assert faces.labels.tolist() == [seed % 7 for seed in (*range(14), *range(50, 57))]
    assert faces.split.tolist() == ["train"] * 14 + ["test"] * 7
    assert faces.rows.tolist() == [*range(100_000, 100_021)]
    np.testing.assert_array_equal(faces.images[[0, 20], :, :, 0], [face(0), face(56)])


def test_several_shards_of_a_split_are_read_in_order(tmp_path):
    for shard in (1, 0):
        hub(tmp_path / f"train-0000{shard}-of-00002.parquet", range(7 * shard, 7 * shard + 7))
    np.testing.assert_array_equal(parquet.read(tmp_path).images[13, :, :, 0], face(13))


def test_the_challenges_three_splits_are_known_by_name_or_by_counts(tmp_path, monkeypatch):
    for name in ("train", "publicTest", "privateTest"):
        hub(tmp_path / "named" / f"{name}-00000-of-00001.parquet", range(7))
    assert list(parquet.read(tmp_path / "named").counts()) == ["train", "public", "private"]
    monkeypatch.setattr(folder_entries, "OFFICIAL_COUNTS", {(1,) * 7: "public", (2,) * 7: "private"})
    for name, rows in (("train", 7), ("validation", 7), ("test", 14)):
        hub(tmp_path / "plain" / f"{name}.parquet", range(rows))
    counts = parquet.read(tmp_path / "plain").counts()
    assert {split: sum(classes.values()) for split, classes in counts.items()} == {
        "train": 7,
        "public": 7,
        "private": 14,
    }


def test_the_challenges_table_as_parquet_is_the_csv(tmp_path):
    usages = ["Training", "PublicTest", "PrivateTest"]
    rows = [(seed % 7, " ".join(map(str, face(seed).ravel())), usages[seed % 3]) for seed in range(9)]
    emotion, pixels, usage = (list(column) for column in zip(*rows, strict=True))
    table = write(tmp_path / "fer.parquet", {"emotion": emotion, "pixels": pixels, "Usage": usage})
    lines = ["emotion,pixels,Usage", *(f"{e},{p},{u}" for e, p, u in rows)]
    (tmp_path / "fer2013.csv").write_text("\n".join(lines))
    assert find.load(find.at(table)).fingerprint == csv_source.read(tmp_path / "fer2013.csv").fingerprint


def test_labels_may_be_names_and_images_plain_bytes(tmp_path):
    columns = {"img_bytes": [encoded(seed) for seed in range(3)], "labels": ["happiness", "Sad", "neutral"]}
    faces = parquet.read(write(tmp_path / "train.parquet", columns))
    assert [FER2013_CLASSES[label] for label in faces.labels] == ["happy", "sad", "neutral"]


def columns(**changes):
    return {"image": [encoded(0)], "label": ["happy"]} | changes


REFUSED = {
    "numbers without names": (columns(label=[3]), "numbers that the file's metadata names, in .*row 0. Received: 3"),
    "no label": ({"image": [encoded(0)]}, "columns image and label in .*. Received: image"),
    "a word": (columns(label=["bored"]), "an emotion 0..6, or a class's name, in .* row 0"),
    "a number as image": (columns(image=[1]), "an encoded image in .* row 0"),
    "no image": (columns(image=[b"hello"]), "an image that can be decoded in .* row 0"),
    "another size": (
        columns(image=[encoded(0, np.zeros((9, 9), np.uint8))]),
        "a 48x48 image in .* row 0. Received: 9x9",
    ),
    "text": (columns(image=["1 2 3"]), "2304 pixel values 0..255 in .* row 0"),
    "a wrong Usage": (columns(Usage=["Test"]), "a Usage of Training, PublicTest, PrivateTest in .* row 0"),
    "nothing": ({"image": pa.array([], pa.binary()), "label": pa.array([], pa.string())}, "1 to 1,000,000 rows"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_in_one_line(tmp_path, name):
    content, says = REFUSED[name]
    with pytest.raises(UserError, match=says) as caught:
        parquet.read(write(tmp_path / "train.parquet", content))
    assert "\n" not in str(caught.value)


def test_a_damaged_file_and_one_of_no_split_are_refused(tmp_path):
    path = hub(tmp_path / "train.parquet", range(7))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match="a parquet file that can be read at .*train.parquet"):
        parquet.read(path)
    with pytest.raises(UserError, match="a column Usage in .*, or train, validation or test in its name"):
        parquet.read(hub(tmp_path / "faces.parquet", range(7)))


def test_without_pyarrow_a_line_says_what_to_install(tmp_path, monkeypatch):
    path = hub(tmp_path / "train.parquet", range(7))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(
        UserError, match=r"Expected pyarrow, to read .* Received: no such package. Install it: pip install"
    ):
        parquet.read(path)
