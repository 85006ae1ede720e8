import dataclasses

import numpy as np
import pytest

from fer_keras.studies.gan import memory


def face(seed):
    return np.random.default_rng(seed).integers(60, 190, (1, 48, 48, 1)).astype(np.uint8)


def test_a_copy_lies_at_distance_0_whatever_its_brightness_contrast_or_side():
    train = np.concatenate([face(1), face(2), face(3)])
    brighter = (train[1:2].astype(int) + 40).astype(np.uint8)
    stretched = (2 * (train[2:3].astype(int) - 60)).clip(0, 255).astype(np.uint8)
    found = memory.nearest(np.concatenate([brighter, brighter[:, :, ::-1]]), train)
    assert found.index.tolist() == [1, 1]
    assert found.mirrored.tolist() == [False, True]
    np.testing.assert_allclose(found.distance, [0, 0], atol=2e-3)
    assert memory.nearest(stretched, train).index.tolist() == [2]


def test_pictures_with_nothing_in_common_lie_at_the_root_of_2():
    rows, columns = np.zeros((2, 1, 48, 48, 1), np.uint8)
    rows[:, ::2] = 200
    columns[:, :, :24] = 200
    columns[:, 1::4, :24], columns[:, 1::4, 24:] = 200, 0
    assert memory.nearest(rows, columns).distance.tolist() == pytest.approx([2**0.5], abs=1e-6)


def test_a_negative_lies_at_2_and_a_flat_picture_resembles_nothing():
    train = np.zeros((1, 48, 48, 1), np.uint8)
    train[:, :24] = 100
    assert memory.nearest(100 - train, train).distance.tolist() == pytest.approx([2.0], abs=1e-5)
    assert memory.nearest(np.full_like(train, 77), train).distance.tolist() == pytest.approx([2**0.5], abs=1e-6)


def parts(toy):
    train, held = toy.where("train"), toy.where("public")
    return train.take(train.labels == 3), held.take(held.labels == 3)


def test_a_generator_that_copies_is_found_out(toy):
    train, held = parts(toy)
    copied = dataclasses.replace(train, images=train.images[:, :, ::-1].copy(), rows=-1 - np.arange(len(train)))
    found = memory.figures(copied, held, train)
    assert found["nearer"] == 1.0
    assert found["made"]["minimum"] == pytest.approx(0, abs=2e-3)
    exact = dataclasses.replace(copied, images=train.images)
    assert memory.figures(exact, held, train)["copies"] == len(train)


def test_real_faces_lie_beyond_their_own_percentile_but_for_the_nearest(toy):
    train, held = parts(toy)
    found = memory.figures(held, held, train)
    assert found["made"] == found["real"]
    assert found["real"]["minimum"] <= found["threshold"] <= found["real"]["median"]
    assert found["nearer"] == 1 / len(held)
    assert found["copies"] == 0


def test_held_back_copies_do_not_count(toy):
    train, held = parts(toy)
    copy = dataclasses.replace(held, images=np.concatenate([train.images[:1], held.images[1:]]))
    apart = memory.without_copies(copy, train)
    assert apart.rows.tolist() == held.rows[1:].tolist()


def test_without_held_back_faces_there_is_nothing_to_compare_with(toy):
    train, held = parts(toy)
    found = memory.figures(held, held.take(np.zeros(len(held), bool)), train)
    assert (found["real"], found["threshold"], found["nearer"]) == (None, None, None)
    assert found["made"]["faces"] == len(held)
