"""Image folders: layouts, names that carry the official split, and what is refused."""

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import find
from fer_keras.data.readers import folder_entries, folder_names, folders
from fer_keras.io.errors import UserError


def face(seed):
    return np.random.default_rng(seed).integers(0, 256, (48, 48), np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def layout(root, train="Training_{row}.png", test="{usage}_{row}.png", classes=FER2013_CLASSES, each=2):
    """Write `each` Training, PublicTest and PrivateTest faces a class, with rows that FER2013 could have."""
    for label, name in enumerate(classes):
        for k in range(each):
            row = k * 7 + label
            save(root / "train" / name / train.format(row=row), face(row))
            for usage, first in (("PublicTest", 28709), ("PrivateTest", 32298)):
                save(root / "test" / name / test.format(usage=usage, row=first + row), face(first + row))
    return root


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
