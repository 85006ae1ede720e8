import dataclasses

import keras
import numpy as np
import pytest

from fer_keras.evaluation import ten_crop
from fer_keras.models import builder
from fer_keras.runs import evaluate_run


def ramp(height, width):
    """An image whose pixel is 2 x row + column."""
    return (2 * np.arange(height)[:, None] + np.arange(width)).astype(np.uint8)[None, :, :, None]


def test_ten_different_views_of_the_same_size_and_type(toy):
    found = list(ten_crop.views(toy.images[:3]))
    assert [(view.shape, view.dtype) for view in found] == [((3, 48, 48, 1), np.uint8)] * 10
    assert len({view.tobytes() for view in found}) == 10


def test_the_second_five_are_of_the_mirror_image(toy):
    plain, mirrored = list(ten_crop.views(toy.images[:2])), list(ten_crop.views(toy.images[:2, :, ::-1]))
    assert all((a == b).all() for a, b in zip(plain[5:], mirrored[:5], strict=True))


def test_the_same_faces_give_the_same_views(toy):
    first, second = (b"".join(view.tobytes() for view in ten_crop.views(toy.images[:2])) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("corner", "first", "last"),
    # 44 of 48 pixels a side start at 2 (centre), 0 or 4, and end at 45, 43 or 47
    [((0, 0), 6, 135), ((-1, -1), 0, 129), ((-1, 1), 4, 133), ((1, -1), 8, 137), ((1, 1), 12, 141)],
)
def test_a_crop_begins_and_ends_with_its_own_corner_pixels(corner, first, last):
    found = ten_crop.cropped(ramp(48, 48), *corner)[0, :, :, 0]
    assert (found[0, 0], found[-1, -1]) == (first, last)


def test_enlarging_is_bilinear_with_centres_at_half_integers():
    weights = ten_crop._resample(12, 0)
    # 11 of 12 pixels, from 0 (half of the one left over, rounded down): output 6 lies at 6.5 * 11 / 12 - 0.5 = 5.4583
    np.testing.assert_allclose(weights[6, 5:7], [1 - 0.458333, 0.458333], atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)


def test_it_is_what_keras_resizes_a_crop_to(toy):
    images = toy.images[:4]
    wanted = keras.ops.image.resize(images[:, 4:, :44].astype(np.float32), (48, 48), interpolation="bilinear")
    found = ten_crop.cropped(images, 1, -1)
    assert np.abs(found - keras.ops.convert_to_numpy(wanted)).max() <= 0.501


def test_a_model_that_crops_gets_its_corners_into_the_centre():
    images = ramp(48, 48)
    moved = ten_crop.shifted(images, 1, -1, 224 / 256)
    assert (moved[:, 3:45, 3:45] == images[:, 6:48, 0:42]).all()
    views = list(ten_crop.views(images, 224 / 256))
    assert (views[0] == images).all()
    assert (views[5] == images[:, :, ::-1]).all()


def test_which_models_crop():
    assert ten_crop.centre_kept(builder("resnet18_simple")(image_size=48, dropout=0.0)) == pytest.approx(48 / 55)
    assert ten_crop.centre_kept(builder("hybrid_baseline_cnn")()) is None


@pytest.fixture(scope="module")
def small():
    face = keras.Input((48, 48, 1), dtype="uint8")
    x = keras.layers.Flatten()(keras.layers.AveragePooling2D(12)(keras.layers.Rescaling(1 / 255)(face)))
    keras.utils.set_random_seed(0)
    return keras.Model(face, keras.layers.Dense(7, "softmax")(x))


def test_a_run_keeps_the_mean_of_ten_predictions(small, toy):
    faces = dataclasses.replace(toy.take(np.arange(20)), synthetic=False)
    found = evaluate_run._views("test", faces, {"exact_rows": [], "near_rows": []}, evaluate_run._scores(small, faces))
    each = [keras.ops.convert_to_numpy(small(view)) for view in ten_crop.views(faces.images)]
    np.testing.assert_allclose(found["test_ten_crop"]["probabilities"], np.mean(each, axis=0), atol=1e-6)
    pair = [keras.ops.convert_to_numpy(small(images)) for images in (faces.images, faces.images[:, :, ::-1])]
    np.testing.assert_allclose(found["test_flip"]["probabilities"], np.mean(pair, axis=0), atol=1e-6)
    assert (found["test_ten_crop"]["rows"] == faces.rows).all()
    np.testing.assert_allclose(found["test"]["probabilities"], pair[0], atol=1e-6)


def test_drawn_faces_go_without(small, toy):
    assert list(evaluate_run._scores(small, toy.take(np.arange(8)))) == ["whole", "flip"]


def test_scores_of_some_of_the_rows_are_those_of_a_prediction_of_these_alone(small, toy):
    faces, chosen = dataclasses.replace(toy.take(np.arange(20)), synthetic=False), np.array([17, 3, 11])
    alone = evaluate_run._scores(small, faces.take(chosen))
    cut = evaluate_run._of_rows(evaluate_run._scores(small, faces), faces, faces.take(chosen))
    assert cut.keys() == alone.keys()
    for kind, probabilities in alone.items():
        np.testing.assert_allclose(cut[kind], probabilities, atol=1e-6)
