"""RAF-DB in its two layouts, made here out of noise: what is read, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import RAFDB_CLASSES
from fer_keras.data import datasets, find, official_copy
from fer_keras.data.readers import rafdb
from fer_keras.io.errors import UserError

LISTED = [(f"train_{row:05}.jpg", 1 + row % 7) for row in range(1, 15)]
LISTED += [(f"test_{row:04}.jpg", 1 + row % 7) for row in range(1, 8)]


def colours(name):
    return np.full((8, 8, 3), sum(map(ord, name)) % 200, np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def release(root, listed=LISTED, name="EmoLabel/list_patition_label.txt", images="Image/aligned"):
    for file, _ in LISTED:
        save(root / images / file.replace(".jpg", "_aligned.jpg"), colours(file))
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("".join(f"{file} {label}\n" for file, label in listed))
    return root


def folders(root):
    for file, label in LISTED:
        save(root / file.split("_")[0] / str(label) / file.replace(".jpg", "_aligned.jpg"), colours(file))
    return root


def test_label_1_is_surprise_and_7_neutral(tmp_path):
    faces = rafdb.read(release(tmp_path), side=8)
    assert faces.class_names == ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
    named = [faces.class_names[label] for label in faces.labels[:7]]
    assert named == ["fear", "disgust", "happy", "sad", "angry", "neutral", "surprise"]
    assert faces.split.tolist() == ["train"] * 14 + ["test"] * 7
    assert faces.rows.tolist() == [*range(1, 15), *range(100_001, 100_008)]
    assert faces.images.shape == (21, 8, 8, 3)
    assert [image[0, 0, 0] for image in faces.images[:2]] == [colours(name)[0, 0, 0] for name, _ in LISTED[:2]]


@pytest.mark.parametrize("name", ["list_partition_label.txt", "EmoLabel/list_patition_label.txt"])
@pytest.mark.parametrize("images", ["aligned", "Image/aligned"])
def test_every_layout_gives_the_same_faces(tmp_path, name, images):
    wanted = rafdb.read(release(tmp_path / "release"), side=8).fingerprint
    other = release(tmp_path / "other", list(reversed(LISTED)), name, images)
    assert rafdb.read(other, side=8).fingerprint == wanted
    assert rafdb.read(folders(tmp_path / "folders"), side=8).fingerprint == wanted


def test_it_is_recognised_by_its_content_whatever_is_looked_for_first(tmp_path):
    for root in (release(tmp_path / "release"), folders(tmp_path / "folders")):
        assert find.at(root).dataset == find.locate(str(root), others=True).dataset == "rafdb"
    with pytest.raises(UserError, match=r"RAF-DB \(EmoLabel.*\) at \$RAFDB "), pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAFDB", str(tmp_path))
        find.locate(dataset="rafdb")


def test_without_validation_images_a_tenth_of_training_selects(tmp_path):
    faces = rafdb.read(release(tmp_path), side=8)
    divided = datasets.get("rafdb").divide(_many(faces), "official", seed=0)
    assert (len(divided.train), len(divided.select), len(divided.test)) == (126, 14, 7)
    assert (divided.select_name, divided.test.name) == ("10 % of Training", "RAF-DB's test")
    assert divided.private is None
    assert not set(divided.train.rows) & set(divided.select.rows)
    with pytest.raises(ValueError, match="Expected a split in .* Received: 'merged'"):
        datasets.get("rafdb").divide(faces, "merged", seed=0)


def _many(faces):
    """Ten times the training images, with rows of their own."""
    train, test = faces.where("train"), faces.where("test")
    positions = np.concatenate([np.tile(np.arange(len(train)), 10), len(train) + np.arange(len(test))])
    rows = np.concatenate([np.arange(10 * len(train)), test.rows])
    repeated = {name: getattr(faces, name)[positions] for name in ("images", "labels", "split")}
    return type(faces)(**repeated, rows=rows, class_names=faces.class_names)


def test_the_official_counts_are_the_published_ones(tmp_path):
    facts = datasets.get("rafdb").facts
    (counts,) = facts.counts
    assert {split: sum(numbers) for split, numbers in counts.items()} == {"train": 12271, "test": 3068}
    assert official_copy.check(rafdb.read(release(tmp_path), side=8), facts)[:2] == [
        "split train: 14 rows instead of 12,271",
        "split train, surprise: 2 rows instead of 1,290",
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("train_00001.jpg 8", r"an image and a label 1..7 .* line 22\. Received: 'train_00001.jpg 8'"),
        ("train_00001.jpg 0", "label 1..7"),
        ("../../train_00001.jpg 1", "an image and a label"),
        ("train_00001.jpg", "an image and a label"),
        ("train_00001.jpg 3", "each image once, but .* line 22"),
        ("train_00099.jpg 3", "an image at .*train_00099_aligned.jpg. Received: No such file"),
    ],
)
def test_a_bad_line_of_the_list_is_named(tmp_path, line, says):
    root = release(tmp_path)
    with (root / "EmoLabel" / "list_patition_label.txt").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(UserError, match=says) as caught:
        rafdb.read(root, side=8)
    assert "\n" not in str(caught.value)


def test_images_still_packed_and_images_elsewhere_are_said(tmp_path):
    root = release(tmp_path / "root")
    (root / "Image" / "aligned").rename(root / "packed")
    with pytest.raises(UserError, match=r"Expected Image/aligned/ in .* Received: none"):
        rafdb.read(root)
    (root / "Image" / "aligned.zip").touch()
    with pytest.raises(UserError, match=r"Received: .*aligned.zip\. Unpack it there: python -m zipfile -e "):
        rafdb.read(root)
    (root / "Image" / "aligned").mkdir()
    for file in (root / "packed").iterdir():
        (root / "Image" / "aligned" / file.name).symlink_to(file.rename(tmp_path / file.name))
    with pytest.raises(UserError, match="images inside .* which leads outside"):
        rafdb.read(root)


def test_a_strange_file_in_a_class_folder_is_named(tmp_path):
    root = folders(tmp_path)
    (root / "train" / "3" / "test_0001_aligned.jpg").touch()
    with pytest.raises(UserError, match=r"images called train_00001_aligned.jpg in .*3\. Received: 'test_0001"):
        rafdb.read(root)


def test_rafdb_has_fer2013s_classes_in_another_order():
    assert sorted(RAFDB_CLASSES) == sorted(datasets.get("fer2013").facts.class_names)
    assert RAFDB_CLASSES != datasets.get("fer2013").facts.class_names
