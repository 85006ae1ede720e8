"""The tensorflow-datasets builder: prepared data read back identical, and bad input leaves nothing behind."""

import numpy as np
import pytest

from fer_keras.config.labels import USAGE
from fer_keras.data import find
from fer_keras.data.readers import csv_source, tfds_builder
from fer_keras.data.readers.toy import toy_faces
from fer_keras.io.errors import UserError


def write_csv(path, faces):
    path.parent.mkdir(parents=True)
    word = {split: usage for usage, split in USAGE.items()}
    lines = ["emotion, Usage, pixels"]
    for image, label, split in zip(faces.images, faces.labels, faces.split, strict=True):
        lines.append(f"{label},{word[split]},{' '.join(map(str, image.ravel()))}")
    path.write_text("\n".join(lines))


@pytest.fixture(scope="module")
def mixed():
    """Toy faces whose splits alternate, so that an order by split would show."""
    faces = toy_faces(24, 12, 9)
    return faces.take(np.random.default_rng(0).permutation(len(faces)))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, mixed):
    folder = tmp_path_factory.mktemp("tfds")
    write_csv(folder / "downloads" / "manual" / "icml_face_data.csv", mixed)
    tfds_builder.read(folder)
    return folder


def test_what_is_prepared_reads_back_identical(prepared):
    csv = csv_source.read(prepared / "downloads" / "manual" / "icml_face_data.csv")
    again = tfds_builder.read(prepared)
    assert again.fingerprint == csv.fingerprint
    assert (again.images.dtype, again.labels.dtype, again.rows.dtype) == (np.uint8, np.int64, np.int64)
    assert again.source == "tensorflow-datasets fer2013/1.0.0"


def test_a_prepared_folder_is_found_without_its_csv(prepared, tmp_path, mixed):
    for given in (prepared, prepared / "fer2013", prepared / "fer2013" / "1.0.0"):
        assert find.locate(str(given)).path == prepared / "fer2013" / "1.0.0"
    faces = find.load(find.at(prepared), tmp_path)
    np.testing.assert_array_equal(faces.images, mixed.images)


def test_names_and_shapes_are_those_documented(prepared):
    builder = tfds_builder.Fer2013(data_dir=prepared)
    features = builder.info.features
    assert features["image"].shape == (48, 48, 1) and features["image"].np_dtype == np.uint8
    assert features["label"].names == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert {split: builder.info.splits[split].num_examples for split in builder.info.splits} == {
        "train": 24,
        "public": 12,
        "private": 9,
    }


def test_a_bad_csv_is_refused_in_its_readers_words_and_leaves_nothing_prepared(tmp_path):
    manual = tmp_path / "downloads" / "manual"
    manual.mkdir(parents=True)
    (manual / "fer2013.csv").write_text("emotion,pixels,Usage\n0,1 2 3,Training\n")
    with pytest.raises(UserError, match=r"2304 pixel values in .*fer2013.csv row 0 \(line 2\)"):
        tfds_builder.read(tmp_path)
    assert list((tmp_path / "fer2013").iterdir()) == []


def test_without_a_csv_nothing_is_begun(tmp_path):
    with pytest.raises(UserError, match=r"fer2013.csv or icml_face_data.csv in .*manual. Received: neither"):
        tfds_builder.read(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_folder_is_refused(tmp_path):
    for name in ("dataset_info.json", "features.json"):
        (tmp_path / name).write_text("{")
    with pytest.raises(UserError, match=r"a prepared fer2013 of tensorflow-datasets at"):
        tfds_builder.read_prepared(tmp_path)
