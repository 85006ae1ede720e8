"""What a run asks at its end: which test rows were trained on, which are clean, how loudly to say so."""

import dataclasses

import numpy as np
import pytest

from fer_keras.data.contamination import clean_masks, contamination, warning_line


@pytest.fixture(scope="module")
def photographed(toy):
    """The drawn faces as if photographed, every pixel blended with a pattern of its own, so that no two are alike."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (len(toy), 12, 12, 1)).repeat(4, 1).repeat(4, 2)
    images = (0.5 * toy.images + 0.5 * coarse).astype(np.uint8)
    return dataclasses.replace(toy, images=images, rows=np.arange(len(toy)) + 1000, synthetic=False)


@pytest.fixture(scope="module")
def planted(photographed):
    """Training and test faces; tests 3 and 7 are exact copies, 5 a darker one, 9 a mirrored one."""
    train, test = photographed.where("train"), photographed.where("private")
    images = test.images.copy()
    images[[3, 7]] = train.images[[10, 20]]
    images[5] = train.images[30] // 2 + 20
    images[9] = train.images[40, :, ::-1]
    return train, dataclasses.replace(test, images=images)


def test_planted_copies_are_found_by_row_id(planted):
    train, test = planted
    found = contamination(train, test)
    assert found == {"exact_rows": [1323, 1327], "near_rows": [1323, 1325, 1327, 1329]}


def test_clean_rows_have_nothing_in_common(photographed):
    found = contamination(photographed.where("train"), photographed.where("public"))
    assert found == {"exact_rows": [], "near_rows": []}
    assert warning_line(found, 80) == ""


def test_rows_tested_on_what_was_trained_on_are_all_exact(photographed):
    train = photographed.where("train")
    found = contamination(train, train.take(np.arange(6)))
    assert found == {"exact_rows": list(range(1000, 1006)), "near_rows": list(range(1000, 1006))}


def test_among_drawn_faces_only_exact_copies_count(planted):
    train, test = (dataclasses.replace(faces, synthetic=True) for faces in planted)
    assert contamination(train, test) == {"exact_rows": [1323, 1327], "near_rows": [1323, 1327]}


def test_masks_follow_the_row_ids_given():
    masks = clean_masks(np.array([9, 4, 7, 1]), {"exact_rows": [7], "near_rows": [4, 7]})
    assert {name: mask.tolist() for name, mask in masks.items()} == {
        "clean": [True, True, False, True],
        "near_clean": [True, False, False, True],
    }


def test_the_warning_is_one_line_with_both_counts():
    line = warning_line({"exact_rows": [3, 7], "near_rows": [1, 3, 5, 7]}, 1600, "PrivateTest")
    assert line == (
        "WARNING: 4 of 1,600 PrivateTest rows (0.2%) have a copy among the training rows, 2 of them pixel for pixel: "
        "the score on all rows counts them, the clean scores do not."
    )
