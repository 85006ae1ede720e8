"""AffectNet's release with .npy annotations, made here out of noise: what is read, and what is refused."""

import os

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import AFFECTNET_CLASSES
from fer_keras.data import find
from fer_keras.data.readers import affectnet, affectnet_npy
from fer_keras.io.errors import UserError


def noise(seed):
    return np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)


def annotate(folder, number, expression):
    np.save(folder / "annotations" / f"{number}_exp.npy", expression)
    for kind in ("aro", "val", "lnd"):
        (folder / "annotations" / f"{number}_{kind}.npy").write_bytes(b"not opened")


def release(root, train=None, val=None):
    """Write {number: expression} of each set; image N is noise(N) in PNG, which keeps the pixels, and may be called jpg."""
    train = train or {number: str(number % 8) for number in (2, 10, 1, 100, 3, 4, 5, 7)}
    for name, numbers in (("train_set", train), ("val_set", val or {1: "6", 0: "7"})):
        for part in ("images", "annotations"):
            (root / name / part).mkdir(parents=True)
        for number, expression in numbers.items():
            Image.fromarray(noise(number)).save(root / name / "images" / f"{number}.jpg", "PNG")
            annotate(root / name, number, np.array(expression))
    return root


def test_images_come_by_set_and_number_with_the_expressions_of_their_annotations(tmp_path):
    faces = affectnet.read(release(tmp_path), side=9)
    numbers = [1, 2, 3, 4, 5, 7, 10, 100, 0, 1]
    assert faces.labels.tolist() == [1, 2, 3, 4, 5, 7, 2, 4, 7, 6]
    assert faces.split.tolist() == ["train"] * 8 + ["public"] * 2
    assert (faces.class_names, faces.rows.tolist()) == (AFFECTNET_CLASSES, list(range(10)))
    np.testing.assert_array_equal(faces.images, [noise(number) for number in numbers])


@pytest.mark.parametrize("expression", ["3", 3, 3.0, np.int64(3), "3.0", [3], " 3"])
def test_an_expression_is_a_number_or_its_text(expression, tmp_path):
    assert affectnet.read(release(tmp_path, {5: expression}), side=9).labels.tolist() == [3, 7, 6]


def test_images_without_one_of_the_eight_expressions_are_left_out(tmp_path):
    faces = affectnet.read(release(tmp_path, {1: "8", 2: "9", 3: "10", 4: "0"}), side=9)
    assert faces.labels.tolist() == [0, 7, 6]


def test_it_is_found_as_affectnet_and_taken_for_nothing_else(tmp_path):
    assert find.at(release(tmp_path)).dataset == "affectnet"
    assert find.locate(str(tmp_path), others=True).dataset == "affectnet"
    (tmp_path / "val_set" / "annotations").rename(tmp_path / "elsewhere")
    assert not affectnet_npy.is_one(tmp_path)


def put(content):
    def change(root):
        path = root / "train_set" / "annotations" / "7_exp.npy"
        path.write_bytes(content) if isinstance(content, bytes) else np.save(path, content)

    return change


def lost(root):
    (root / "train_set" / "annotations" / "7_exp.npy").unlink()


def link_outside(root):
    path = root / "train_set" / "annotations" / "7_exp.npy"
    path.rename(root.parent / "outside.npy")
    os.symlink(root.parent / "outside.npy", path)


def image_outside(root):
    path = root / "train_set" / "images" / "7.jpg"
    path.rename(root.parent / "outside.jpg")
    os.symlink(root.parent / "outside.jpg", path)


REFUSED = {
    "lost": (lost, "an expression's annotation at .*7_exp.npy. Received: No such file"),
    "empty": (put(b""), "an expression's annotation at .*7_exp.npy. Received: an empty file"),
    "text": (put(b"3"), r"an annotation \(a .npy file without objects\) at .*7_exp.npy"),
    "cut short": (put(b"\x93NUMPY\x01\x00v\x00"), r"an annotation \(a .npy file without objects\) at .*7_exp.npy"),
    "pickled": (put(np.array({"3": 3}, object)), r"an annotation \(a .npy file without objects\) at .*7_exp.npy"),
    "large": (put(np.zeros(200)), "of at most 1024 bytes at .*7_exp.npy. Received: 1728 bytes"),
    "two": (put(np.array([3, 4])), "an expression 0..10 at .*7_exp.npy. Received: '2 values'"),
    "none": (put(np.array([], int)), "an expression 0..10 at .*7_exp.npy. Received: '0 values'"),
    "eleven": (put(np.array("11")), "an expression 0..10 at .*7_exp.npy. Received: '11'"),
    "negative": (put(np.array(-1)), "an expression 0..10 at .*7_exp.npy. Received: '-1'"),
    "fraction": (put(np.array(1.5)), "an expression 0..10 at .*7_exp.npy. Received: '1.5'"),
    "not a number": (put(np.array(np.nan)), "an expression 0..10 at .*7_exp.npy. Received: 'nan'"),
    "link outside": (link_outside, "annotations inside .* Received: .*7_exp.npy, which leads outside"),
    "image outside": (image_outside, "images inside .* Received: .*7.jpg, which leads outside"),
    "stray": (
        lambda root: (root / "train_set" / "images" / "readme.txt").touch(),
        r"images called by a number \(17.jpg\) in .*images. Received: 'readme.txt'",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_line(name, tmp_path):
    root = release(tmp_path / "root")
    change, message = REFUSED[name]
    change(root)
    with pytest.raises(UserError, match=message) as caught:
        affectnet.read(root, side=9)
    assert "\n" not in str(caught.value)


def test_a_set_without_expressions_is_refused(tmp_path):
    with pytest.raises(UserError, match="one of the eight expressions in .*val_set. Received: none"):
        affectnet.read(release(tmp_path, val={1: "8"}), side=9)
