"""AffectNet in its two layouts, made here out of noise: what is read, and what is refused."""

import dataclasses
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import AFFECTNET_CLASSES
from fer_keras.config.recipe import Data
from fer_keras.data import datasets, find, phase_data
from fer_keras.data.readers import affectnet
from fer_keras.data.readers.toy import toy_faces
from fer_keras.io.errors import UserError

KAGGLE = ("Anger", "Contempt", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
KAGGLE_LABELS = (6, 7, 5, 4, 1, 0, 2, 3)
HEADER = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"


def noise(seed, shape=(9, 9, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def folders(root, names=KAGGLE, splits=("train", "val", "test"), each=1):
    for i, split in enumerate(splits):
        for j, name in enumerate(names):
            for k in range(each):
                save(root / split / name / f"image_{k}.png", noise(100 * i + 10 * j + k))
    return root


def release(root, training, validation, lists="Manually_Annotated_file_lists"):
    """Write the official layout; rows are (file, box as text, expression)."""
    for name, rows in (("training.csv", training), ("validation.csv", validation)):
        lines = [f"{file},{box},1.0;2.0,{expression},-0.1,0.2" for file, box, expression in rows]
        path = root / lists / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADER, *lines]) + "\n")
    return root


def test_class_folders_give_affectnets_labels_and_the_images_as_they_are(tmp_path):
    faces = affectnet.read(folders(tmp_path), side=9)
    assert faces.class_names == AFFECTNET_CLASSES and faces.images.shape == (24, 9, 9, 3)
    assert faces.split.tolist() == ["train"] * 8 + ["public"] * 8 + ["test"] * 8
    assert faces.labels.tolist() == [*range(8)] * 3 and faces.rows.tolist() == [*range(24)]
    by_label = np.argsort(KAGGLE_LABELS)
    np.testing.assert_array_equal(faces.images, [noise(100 * i + 10 * j) for i in range(3) for j in by_label])


@pytest.mark.parametrize(
    "names",
    [tuple("01234567"), ("neutral", "happiness", "sadness", "SURPRISED", "fearful", "disgust", "anger", "contempt")],
)
def test_numbers_and_synonyms_name_classes_too(tmp_path, names):
    faces = affectnet.read(folders(tmp_path, names, ("Train", "valid")), side=9)
    assert faces.counts() == {split: dict.fromkeys(AFFECTNET_CLASSES, 1) for split in ("train", "public")}
    np.testing.assert_array_equal(faces.images[5], noise(50))


def test_any_size_and_mode_becomes_rgb_of_the_side(tmp_path):
    root = folders(tmp_path)
    save(root / "train" / "Neutral" / "image_0.png", np.full((30, 17), 90, np.uint8))
    save(root / "train" / "Happy" / "image_0.png", np.full((2, 3, 4), (10, 200, 30, 77), np.uint8))
    Image.new("CMYK", (8, 21)).save(root / "train" / "Sad" / "image_0.jpg")
    os.remove(root / "train" / "Sad" / "image_0.png")
    faces = affectnet.read(root, side=5)  # of the second, 77 parts in 255 are opaque, on grey
    assert faces.images.shape == (24, 5, 5, 3)
    assert (faces.images[0] == 90).all() and (faces.images[1] == (92, 150, 98)).all() and (faces.images[2] > 250).all()


def test_shrinking_averages_and_default_side_is_balanced_affectnets(tmp_path):
    root = folders(tmp_path)
    halves = np.zeros((150, 150, 3), np.uint8)
    halves[:, 75:] = 200
    save(root / "train" / "Neutral" / "image_0.png", halves)
    found = affectnet.read(root).images[0]
    assert found.shape == (75, 75, 3)
    assert (found[:, :36] == 0).all() and (found[:, 39:] == 200).all() and 0 < found[40, 37, 0] < 200


def test_the_official_release_is_read_by_its_lists(tmp_path):
    big = noise(1, (20, 30, 3))
    for name in ("1/a.png", "1/b.png", "2/c.png", "2/d.png"):
        save(tmp_path / "Manually_Annotated_Images" / name, big)
    training = [("1/a.png", "4,3,9,9", 7), ("1/none.png", "NULL,NULL,NULL,NULL", 10), ("1/b.png", "0,0,30,20", 0)]
    release(tmp_path, training, [("2/c.png", "-5,-5,14,14", 6), ("2/d.png", "90,90,9,9", 1), ("2/x.png", "0,0,1,1", 8)])
    faces = affectnet.read(tmp_path, side=9)
    assert faces.labels.tolist() == [7, 0, 6, 1]
    assert faces.split.tolist() == ["train", "train", "public", "public"]
    np.testing.assert_array_equal(faces.images[0], big[3:12, 4:13])
    np.testing.assert_array_equal(faces.images[2], big[:9, :9])  # the box is cut off at the image's edge
    np.testing.assert_array_equal(faces.images[3], faces.images[1])  # a box outside the image means all of it


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("../../../../secret.png", "0,0,1,1", 1), "images inside .* which leads outside"),
        (("/etc/passwd", "0,0,1,1", 1), "images inside .* Received: /etc/passwd"),
        (("1/a.png", "0,0,1,1", 11), r"an expression 0..10 in .*training.csv line 2\. Received: '1/a.png, 11'"),
        (("", "0,0,1,1", 1), "subDirectory_filePath .* line 2"),
        (("1/a.png", "0,x,1,1", 1), "numbers for the face's box .* line 2"),
        (("1/missing.png", "0,0,1,1", 1), "an image at .*missing.png. Received: No such file"),
        (("1/a.png", "0,0,1,1", 9), "rows with one of the eight expressions in .*training.csv"),
    ],
)
def test_a_bad_row_of_the_lists_is_refused_in_one_line(tmp_path, row, says):
    save(tmp_path / "secret.png", noise(0))
    root = release(tmp_path / "a" / "b", [row], [("1/a.png", "0,0,9,9", 1)], lists=".")
    save(root / "Manually_Annotated" / "Manually_Annotated_Images" / "1" / "a.png", noise(0))
    with pytest.raises(UserError, match=says) as caught:
        affectnet.read(root, side=9)
    assert "\n" not in str(caught.value)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def change(root, what):
    victim = root / "train" / "Fear" / "image_0.png"
    match what:
        case "damaged":
            victim.write_bytes(victim.read_bytes()[:-30])
        case "empty":
            victim.write_bytes(b"")
        case "text":
            victim.write_text("not an image")
        case "16 bits":
            Image.fromarray(noise(0, (9, 9)).astype(np.uint16)).save(victim)
        case "link out":
            victim.unlink()
            victim.symlink_to(save(root.parent / "elsewhere.png", noise(0)))
        case "no image":
            victim.unlink()
        case "odd class":
            (root / "val" / "Fear").rename(root / "val" / "Bored")
        case "twice":
            save(root / "train" / "4" / "image_0.png", noise(0))
        case "bomb":
            chunks = [(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b""))]
            victim.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks))
    return root


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("damaged", "decoded at .*Fear.image_0.png. Received: OSError"),
        ("empty", "an image at .*image_0.png. Received: an empty file"),
        ("text", "decoded at .*image_0.png. Received: UnidentifiedImageError"),
        ("16 bits", "8 bits a channel at .*image_0.png. Received: mode I;16"),
        ("link out", "images inside .* which leads outside"),
        ("no image", "each of the eight classes in .*train. Received: none of fear"),
        ("odd class", "a class folder .*contempt.* Received: '.*Bored'"),
        ("twice", "one folder for a class in .*train. Received: 4 and Fear"),
        ("bomb", "a usual size at .*image_0.png. Received: a far larger one"),
    ],
)
def test_a_bad_folder_or_image_is_refused_in_one_line(tmp_path, what, says):
    with pytest.raises(UserError, match=says) as caught:
        affectnet.read(change(folders(tmp_path / "root"), what), side=9)
    assert "\n" not in str(caught.value)


def test_it_is_found_by_flag_then_environment_and_a_wrong_path_is_never_replaced(tmp_path, monkeypatch):
    root = folders(tmp_path / "here")
    monkeypatch.delenv("AFFECTNET", raising=False)

    def locate(path=None):
        return find.locate(path, "affectnet", flag="--affectnet")

    assert locate() is None
    assert locate(str(root)).path == root
    monkeypatch.setenv("AFFECTNET", str(root))
    assert locate().path == root
    with pytest.raises(UserError, match=r"Expected AffectNet .* at --affectnet .*nowhere\. Received: nothing there"):
        locate(str(tmp_path / "nowhere"))
    monkeypatch.setenv("AFFECTNET", str(tmp_path))
    with pytest.raises(UserError, match=r"at \$AFFECTNET"):
        locate()


def test_a_phase_trains_on_train_selects_on_val_and_seals_test(tmp_path):
    location = find.at(folders(tmp_path, each=2))
    faces, others = toy_faces(8, 8, 8), {"affectnet": location}
    faces = dataclasses.replace(faces, synthetic=False)
    found = phase_data.divided(Data("affectnet"), faces, 0, "fer2013", others)
    assert (len(found.train), len(found.select), len(found.test)) == (16, 16, 16)
    assert (found.select_name, found.test.name) == ("AffectNet's validation", "AffectNet's test")
    assert found.train.images.base is not None  # a view: the rows are not copied
    assert {*found.train.split} == {"train"} and {*found.select.split} == {"public"}
    assert found.train.source == f"AffectNet {tmp_path.name}"


def test_without_test_images_a_phase_needs_none_and_a_run_on_affectnet_tests_on_the_validation_images(tmp_path, capsys):
    faces, affectnet_set = (
        find.load(find.at(folders(tmp_path, splits=("train", "val"), each=20))),
        datasets.get("affectnet"),
    )
    phase = affectnet_set.divide(faces, "official", 0, tested=False)
    assert (len(phase.train), len(phase.select), len(phase.test)) == (160, 160, 0)
    run = affectnet_set.divide(faces, "official", 0)
    assert (len(run.train), len(run.select), len(run.test)) == (144, 16, 160)
    assert (run.select_name, run.test.name) == ("10 % of AffectNet's training", "AffectNet's validation")
    assert "has no test images: its validation images test" in capsys.readouterr().err
