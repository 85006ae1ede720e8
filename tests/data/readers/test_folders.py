"""Image folders: layouts, and names that carry the official split."""

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import find
from fer_keras.data.readers import folder_entries, folder_names, folders
from fer_keras.io.errors import UserError
from tests.data.readers.face_folders import face, layout, save


def test_names_with_usage_and_row_give_back_the_csvs_order(tmp_path):
    faces = folders.read(layout(tmp_path))
    rows = [*range(14), *range(28709, 28723), *range(32298, 32312)]
    assert faces.rows.tolist() == rows
    assert faces.labels.tolist() == [row % 7 for row in range(14)] * 3
    assert faces.split.tolist() == ["train"] * 14 + ["public"] * 14 + ["private"] * 14
    np.testing.assert_array_equal(faces.images[..., 0], [face(row) for row in rows])


def test_names_without_usage_give_the_merged_test_split_and_running_numbers(tmp_path):
    faces = folders.read(layout(tmp_path, train="a{row}.png", test="{row}.png"))
    assert faces.counts() == {"train": dict.fromkeys(FER2013_CLASSES, 2), "test": dict.fromkeys(FER2013_CLASSES, 4)}
    assert faces.rows.tolist() == list(range(100_000, 100_042))


def test_one_silent_name_makes_the_whole_test_folder_merged(tmp_path):
    root = layout(tmp_path)
    next((root / "test" / "fear").iterdir()).rename(root / "test" / "fear" / "unknown.png")
    assert set(folders.read(root).counts()) == {"train", "test"}


def test_kaggles_numbers_give_the_split_but_are_no_rows(tmp_path):
    faces = folders.read(layout(tmp_path, train="Training_101{row}4.png", test="{usage}_101{row}.png"))
    assert faces.counts() == {split: dict.fromkeys(FER2013_CLASSES, 2) for split in ("train", "public", "private")}
    assert faces.rows.min() == 100_000


def test_two_files_with_one_row_number_are_not_taken_by_it(tmp_path):
    root = layout(tmp_path)
    save(root / "train" / "sad" / "Training_0.png", face(5))
    assert folders.read(root).rows.min() == 100_000


def test_case_synonyms_suffixes_validation_and_litter(tmp_path):
    classes = ("Anger", "DISGUSTED", "fearful", "Happiness", "sadness", "Surprised", "Neutral")
    root = layout(tmp_path, train="{row}.PNG", test="{row}.png", classes=classes)
    for name in classes:
        save(root / "VAL" / name / "1.JPG", np.full((48, 48), 77, np.uint8))
    (root / "train").rename(root / "Train")
    (root / "Train" / ".DS_Store").touch()
    (root / "Train" / "Anger" / "Thumbs.db").touch()
    (root / "readme.txt").touch()
    faces = folders.read(root)
    assert folders.is_one(root)
    assert faces.counts()["public"] == dict.fromkeys(FER2013_CLASSES, 1)
    assert (faces.where("public").images == 77).all()


def renamed(root, names):
    for folder in (root / "train", root / "test"):
        for old, new in zip(FER2013_CLASSES, names, strict=True):
            (folder / old).rename(folder / new)
    return root


@pytest.mark.parametrize(
    "names",
    [
        tuple("0123456"),
        ("00", "01", "02", "03", "04", "05", "06"),
        tuple(f"{label}_{name}" for label, name in enumerate(FER2013_CLASSES)),
        tuple(f"{number:02} {name.title()}" for number, name in enumerate(FER2013_CLASSES, 1)),
        ("6-anger", "5-disgust", "4.fear", "3.happiness", "2 - sadness", "1 surprised", "0 neutrality"),
        ("Angery", "disguist", "feared", "hapiness", "sadnes", "suprise", "nuetral"),
    ],
    ids=lambda names: names[0],
)
def test_class_folders_are_numbers_numbered_names_or_misspelt_ones(names, tmp_path):
    wanted = folders.read(layout(tmp_path / "plain"))
    assert folders.read(renamed(layout(tmp_path / "renamed"), names)).fingerprint == wanted.fingerprint


@pytest.mark.parametrize("name", ["7", "-1", "\u0663", "3", "happy3", "12_bored"])
def test_a_class_folder_that_means_nothing_is_refused(name, tmp_path):
    root = layout(tmp_path)
    (root / "train" / "happy").rename(root / "train" / name)
    with pytest.raises(UserError, match="all names or all numbers" if name in "37" else "a class folder") as caught:
        folders.read(root)
    assert "\n" not in str(caught.value)


def test_numbers_are_no_classes_beyond_the_last():
    with pytest.raises(UserError, match=r"a class's number, 0..6. Received: 7"):
        folder_names.class_of("7", FER2013_CLASSES)
    assert folder_names.class_of("7", (*FER2013_CLASSES, "contempt")) == 7


@pytest.mark.parametrize(("train", "test"), [("Training", "Testing"), ("TRAINING", "TEST")])
def test_folders_of_splits_go_by_other_names(train, test, tmp_path):
    wanted = folders.read(layout(tmp_path / "plain"))
    root = layout(tmp_path / "renamed")
    (root / "train").rename(root / train)
    (root / "test").rename(root / test)
    assert folders.read(root).fingerprint == wanted.fingerprint


def three_folders(root, each, names=("train", "validation", "test")):
    """Write each[split][label] images 1.png, 2.png, ... a class, all alike but for their split's grey."""
    for grey, (name, numbers) in enumerate(zip(names, each, strict=True)):
        for label, number in enumerate(numbers):
            for k in range(number):
                save(root / name / FER2013_CLASSES[label] / f"{k}.png", np.full((48, 48), grey, np.uint8))
    return root


def test_a_folder_for_each_official_split_is_known_by_its_name(tmp_path):
    names = ("Training", "Public_Test", "PrivateTest")
    faces = folders.read(three_folders(tmp_path, [[2] * 7, [1] * 7, [3] * 7], names))
    assert faces.counts() == {
        split: dict.fromkeys(FER2013_CLASSES, number) for split, number in (("train", 2), ("public", 1), ("private", 3))
    }
    assert [np.unique(faces.where(split).images).tolist() for split in ("train", "public", "private")] == [
        [0],
        [1],
        [2],
    ]


@pytest.mark.parametrize("swapped", [False, True])
def test_validation_and_test_with_fer2013s_counts_are_publictest_and_privatetest(swapped, tmp_path, monkeypatch):
    public, private = (3, 1, 2, 2, 1, 1, 1), (1, 1, 2, 2, 1, 1, 3)
    monkeypatch.setattr(folder_entries, "OFFICIAL_COUNTS", {public: "public", private: "private"})
    parts = [private, public] if swapped else [public, private]
    faces = folders.read(three_folders(tmp_path, [[2] * 7, *parts]))
    assert list(faces.counts()["public"].values()) == list(public)
    assert list(faces.counts()["private"].values()) == list(private)
    assert set(faces.where("private").images[:, 0, 0, 0].tolist()) == {1 if swapped else 2}


def test_the_counts_that_are_compared_are_the_official_ones():
    assert folder_entries.OFFICIAL_COUNTS == {
        (467, 56, 496, 895, 653, 415, 607): "public",
        (491, 55, 528, 879, 594, 416, 626): "private",
    }


@pytest.mark.parametrize("other", [(1, 1, 2, 2, 1, 1, 4), (3, 1, 2, 2, 1, 1, 1)])
def test_one_image_more_and_validation_and_test_are_what_their_names_say(other, tmp_path, monkeypatch):
    public, private = (3, 1, 2, 2, 1, 1, 1), (1, 1, 2, 2, 1, 1, 3)
    monkeypatch.setattr(folder_entries, "OFFICIAL_COUNTS", {public: "public", private: "private"})
    faces = folders.read(three_folders(tmp_path, [[2] * 7, public, other]))
    assert set(faces.counts()) == {"train", "public", "test"}


def test_what_is_not_read_is_said_cached_or_not(tmp_path, capsys):
    root = layout(tmp_path / "data")
    for name in ("extra", "augmented faces"):
        (root / name).mkdir()
    for name in ("fer2013.zip", "readme.txt", ".hidden.csv"):
        (root / name).touch()
    for _ in range(2):
        assert len(find.load(find.at(root), tmp_path / "cache")) == 42
        assert capsys.readouterr().err == f"note: not read in {root}: 'augmented faces/', 'extra/', 'fer2013.zip'\n"


def test_the_parent_of_the_folders_will_do_where_it_is_clear(tmp_path):
    root = layout(tmp_path / "download" / "archive")
    (tmp_path / "download" / "__MACOSX").mkdir()
    assert folders.root_of(tmp_path / "download") == root == folders.root_of(root)
    assert folders.root_of(tmp_path) is None and folders.root_of(tmp_path / "missing") is None
    layout(tmp_path / "download" / "affectnet", classes=(*FER2013_CLASSES, "contempt"), each=1)
    (tmp_path / "download" / "rest" / "train" / "happy").mkdir(parents=True)
    assert folders.root_of(tmp_path / "download") == root
    layout(tmp_path / "download" / "copy", each=1)
    with pytest.raises(UserError, match=r"one folder with train/ in .*download. Received: archive, copy. Give the one"):
        folders.root_of(tmp_path / "download")


def test_a_jpeg_keeps_its_decoded_pixels_and_grey_rgb_is_folded(tmp_path):
    root = layout(tmp_path)
    jpeg = save(root / "train" / "sad" / "Training_4.jpeg", np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1)))
    (root / "train" / "sad" / "Training_4.png").unlink()
    save(root / "train" / "sad" / "Training_11.png", np.repeat(face(11)[..., None], 3, axis=2))
    faces = folders.read(root)
    np.testing.assert_array_equal(faces.images[4, :, :, 0], np.asarray(Image.open(jpeg)))
    np.testing.assert_array_equal(faces.images[11, :, :, 0], face(11))
