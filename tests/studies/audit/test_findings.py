"""The counts of an audit, worked out by hand on a few faces and by listing all pairs on many."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.studies.audit import findings


def _textures(n, seed):
    """Return uint8 [n, 48, 48, 1] of random blocks: no two alike."""
    blocks = np.random.default_rng(seed).integers(0, 256, (n, 12, 12, 1))
    return blocks.repeat(4, 1).repeat(4, 2).astype(np.uint8)


@pytest.fixture(scope="module")
def small():
    """Ten faces: 0 = 1 = 5 exactly, 5 under another label; 6 a darker 2; 7 a mirrored 3; 8 and 4 black."""
    images = _textures(10, 0)
    images[[1, 5]] = images[0]
    images[6] = images[2] // 2
    images[7] = images[3, :, ::-1]
    images[[4, 8]] = 0
    labels = np.array([0, 0, 3, 3, 6, 1, 3, 4, 6, 2])
    split = np.array(["train"] * 5 + ["public"] * 2 + ["private"] * 3)
    return findings.find(Faces(images, labels, split, np.arange(50, 60), FER2013_CLASSES, "ten faces"))


def test_pairs_of_rows(small):
    listed = [(a, b, kind) for a, b, kind, _ in findings.row_pairs(small)]
    exact = [(0, 1, "exact"), (0, 5, "exact"), (1, 5, "exact"), (4, 8, "exact")]
    assert listed == [*exact, (2, 6, "near"), (3, 7, "mirrored")]
    assert min(score for *_, score in findings.row_pairs(small)) > 0.98


def test_summary_by_hand(small):
    record = findings.summary(small)
    assert (record["source"], record["rows"]) == ("ten faces", 10)
    assert record["splits"] == {"train": 5, "public": 2, "private": 3}
    assert record["exact"] == {
        "groups": 2,
        "rows": 5,
        "largest": 3,
        "groups_across_splits": 2,
        "groups_other_label": 1,
        "rows_other_label": 3,
    }
    assert record["near"] == {"pictures": 1, "mirrored_pictures": 1}
    assert record["blank"] == {"constant": 2, "rows": [54, 58]}
    assert record["clean"] == {
        "public": {"rows": 2, "clean": 1, "near_clean": 0},
        "private": {"rows": 3, "clean": 2, "near_clean": 1},
    }
    assert record["pairs"] == [
        {"a": "train", "b": "train", "exact": 1, "near": 0, "mirrored": 0},
        {"a": "train", "b": "public", "exact": 2, "near": 1, "mirrored": 0},
        {"a": "train", "b": "private", "exact": 1, "near": 0, "mirrored": 1},
        {"a": "public", "b": "public", "exact": 0, "near": 0, "mirrored": 0},
        {"a": "public", "b": "private", "exact": 0, "near": 0, "mirrored": 0},
        {"a": "private", "b": "private", "exact": 0, "near": 0, "mirrored": 0},
    ]
    of_train = [list(n.values())[2:] for n in record["between"] if n["of"] == "train"]
    assert of_train == [[2, 0, 2, 0], [2, 2, 3, 2], [1, 0, 2, 1]]
    names = ("rows", "exact", "exact_other_label", "near", "near_other_label", "blank")
    assert record["classes"]["angry"] == dict(zip(names, (2, 2, 2, 2, 2, 0), strict=True))
    assert record["classes"]["happy"] == dict(zip(names, (3, 0, 0, 3, 1, 0), strict=True))
    assert record["classes"]["surprise"] == dict(zip(names, (0, 0, 0, 0, 0, 0), strict=True))


def test_counts_agree_with_a_listing_of_all_pairs():
    rng = np.random.default_rng(4)
    pictures = _textures(12, 2)
    pictures[6:9] = pictures[:3] // 2 + 60
    images = pictures[rng.integers(12, size=60)]
    faces = Faces(images, rng.integers(3, size=60), rng.choice(["b", "train", "a"], 60), np.arange(60), FER2013_CLASSES)
    found = findings.find(faces)
    record = findings.summary(found)
    assert len(found.pairs) == 3
    for entry in record["between"]:
        masks = {key: set() for key in ("exact", "exact_other_label", "near", "near_other_label")}
        for a, b, kind, _ in findings.row_pairs(found):
            for mine, other in ((a, b), (b, a)):
                if (faces.split[mine], faces.split[other]) == (entry["of"], entry["in"]):
                    differ = faces.labels[mine] != faces.labels[other]
                    for key in ("exact", "near") if kind == "exact" else ("near",):
                        masks[key].add(mine)
                        masks[f"{key}_other_label"] |= {mine} if differ else set()
        assert {key: entry[key] for key in masks} == {key: len(rows) for key, rows in masks.items()}


def test_a_picture_that_fills_a_split_is_listed_in_part_but_counted_in_full():
    images = np.concatenate([_textures(1, 0).repeat(100, axis=0), _textures(3, 1)])
    split = np.array(["train"] * 70 + ["public"] * 33)
    found = findings.find(Faces(images, np.zeros(103, int), split, np.arange(103), FER2013_CLASSES))
    assert len(list(findings.row_pairs(found))) == 40 * 39 // 2
    between = {(n["a"], n["b"]): n["exact"] for n in findings.summary(found)["pairs"]}
    assert between == {("train", "train"): 2415, ("train", "public"): 2100, ("public", "public"): 435}


def test_a_symmetric_pair_counts_once_as_what_it_scores_higher_in(small):
    images = _textures(2, 3)
    images[:, :, 24:] = images[:, :, 23::-1]
    images[1] = images[0] // 2
    faces = dataclasses.replace(small.faces.take(np.arange(2)), images=images)
    found = findings.find(faces)
    assert (found.pairs.tolist(), found.mirrored.tolist()) == ([[0, 1]], [False])
