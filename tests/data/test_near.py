"""Near copies: what must be found, what must not, and the arithmetic against plain definitions."""

import io
import pathlib

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import near
from fer_keras.data.faces import Faces
from fer_keras.data.readers.toy import toy_faces

FER2013 = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data" / "fer2013" / "faces" / "00.png"


@pytest.fixture(scope="module")
def pictures():
    """uint8 [100, 48, 48]: photographs of FER2013 where they are at hand, else drawn faces behind different patterns."""
    if FER2013.is_file():
        return np.asarray(Image.open(FER2013)).reshape(-1, 48, 48)[100:200]
    faces = toy_faces(n_train=100, n_public=20, n_private=20, seed=5).images[:100, ..., 0]
    patterns = np.random.default_rng(5).integers(0, 256, (100, 8, 8)).repeat(6, 1).repeat(6, 2)
    return (0.5 * faces + 0.5 * patterns).astype(np.uint8)


def _scores(pictures, changed, mirrored=False):
    """Return the scores of the pairs (n, n) that are found when `changed` is compared with `pictures`; 0 where not."""
    left, right = near.prepare(pictures[..., None]), near.prepare(changed[..., None])
    pairs, scores = near.compare(left, right, mirrored=mirrored)
    found = np.zeros(len(pictures))
    same = pairs[:, 0] == pairs[:, 1]
    found[pairs[same, 0]] = scores[same]
    return found


def _limited(values):
    return np.clip(values, 0, 255).astype(np.uint8)


def _jpeg(image, quality):
    held = io.BytesIO()
    Image.fromarray(image).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held))


CHANGES = {
    "nothing": lambda a: a,
    "brighter by 40": lambda a: _limited(a + 40.0),
    "a quarter as bright": lambda a: _limited(a * 0.25),
    "half the contrast": lambda a: _limited(128 + (a - 128.0) / 2),
    "gamma 0.6": lambda a: _limited(255 * (a / 255) ** 0.6),
    "JPEG 50": lambda a: _jpeg(a, 50),
    "JPEG 10": lambda a: _jpeg(a, 10),
    "down to 24 pixels and back": lambda a: np.asarray(Image.fromarray(a).resize((24, 24)).resize((48, 48))),
    "down and right by a pixel": lambda a: np.pad(a, ((1, 0), (1, 0)), mode="edge")[:48, :48],
    "brighter, JPEG 50 and up by a pixel": lambda a: _jpeg(_limited(np.roll(a, -1, 0) * 1.2), 50),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_picture_is_found(pictures, change):
    found = _scores(pictures, np.stack([CHANGES[change](picture) for picture in pictures]))
    assert found.min() >= near.THRESHOLD


def test_a_copy_scores_one(pictures):
    assert _scores(pictures, pictures).min() >= 0.9999


def test_a_mirrored_copy_is_found_mirrored_and_after_jpeg(pictures):
    mirrored = np.stack([_jpeg(np.ascontiguousarray(picture[:, ::-1]), 50) for picture in pictures])
    assert _scores(pictures, mirrored, mirrored=True).min() >= 0.9


def test_different_photographs_are_not_found(pictures):
    planes = near.prepare(pictures[..., None])
    for mirrored in (False, True):
        pairs, scores = near.compare(planes, mirrored=mirrored)
        assert (len(pairs), len(scores)) == (0, 0)


def test_drawn_faces_are_hardly_ever_found(toy):
    for mirrored in (False, True):
        pairs, scores = near.near_pairs(toy, mirrored=mirrored)
        assert len(pairs) < 80  # One in a thousand of the 79,800.
        assert scores.max() < 0.95


def test_pictures_enter_once_and_positions_are_those_of_the_first(pictures):
    images = pictures[[3, 8, 3, 50, 3]][..., None].copy()
    images[3, :, :, 0] = _jpeg(pictures[3], 50)
    images[4] = images[3]
    faces = Faces(images, np.zeros(5, int), np.array(["train"] * 5), np.arange(5), FER2013_CLASSES)
    pairs, scores = near.near_pairs(faces)
    assert pairs.tolist() == [[0, 3]]
    assert (pairs.dtype, scores.dtype, 0.97 < scores[0] < 1) == (np.int64, np.float32, True)


def test_size_and_colour_do_not_matter(pictures):
    large = np.stack([np.asarray(Image.fromarray(picture).resize((120, 96))) for picture in pictures[:20]])
    pairs, scores = near.compare(near.prepare(pictures[:20, ..., None]), near.prepare(np.stack([large] * 3, axis=-1)))
    assert {(n, n) for n in range(20)} <= set(map(tuple, pairs.tolist()))
    assert scores[pairs[:, 0] == pairs[:, 1]].min() > 0.98


def test_blank_images_resemble_nothing(pictures):
    images = np.zeros((4, 48, 48, 1), np.uint8)
    images[1:3] = 200
    images[3, ..., 0] = pictures[0]
    planes = near.prepare(images)
    assert np.linalg.norm(planes.signatures, axis=1).round(5).tolist() == [0, 0, 0, 1]
    assert len(near.compare(planes)[0]) == 0


def test_tiles_and_batches_change_nothing(pictures, monkeypatch):
    images = np.concatenate([pictures, pictures[:, ::-1, :], pictures])[..., None]
    expected = near.compare(near.prepare(images))
    monkeypatch.setattr(near, "TILE", 37)
    monkeypatch.setattr(near, "BATCH", 11)
    received = near.compare(near.prepare(images))
    assert len(expected[0]) >= 100
    np.testing.assert_array_equal(received[0], expected[0])
    np.testing.assert_allclose(received[1], expected[1], atol=2e-4)


def test_the_score_is_the_best_correlation_over_the_shifts():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(1, 48, 48)).astype(np.float32)
    b = (3 + 0.5 * np.roll(a, (2, -1), (1, 2)) + rng.normal(size=a.shape)).astype(np.float32)
    by_definition = []
    for down in range(-2, 3):
        for across in range(-2, 3):
            ours = a[0, max(0, down) : 48 + min(0, down), max(0, across) : 48 + min(0, across)]
            theirs = b[0, max(0, -down) : 48 + min(0, -down), max(0, -across) : 48 + min(0, -across)]
            by_definition.append(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1])
    assert np.argmax(by_definition) == 3  # Down -2, across +1: where b came from.
    np.testing.assert_allclose(near._correlate(a, b), max(by_definition), atol=1e-5)
    np.testing.assert_allclose(near._correlate(b, a), max(by_definition), atol=1e-5)


def test_a_blur_keeps_brightness_and_the_order_of_sizes():
    for size, side in ((48, 48), (48, 12), (224, 48), (20, 12)):
        matrix = near._blur(size, side, 2.0)
        assert (matrix.shape, matrix.dtype) == ((side, size), np.float32)
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-5)


def test_a_threshold_below_the_candidates_is_refused(pictures):
    planes = near.prepare(pictures[:2, ..., None])
    with pytest.raises(ValueError, match=r"Expected a threshold from 0\.72 to 1\. Received: 0\.5"):
        near.compare(planes, threshold=0.5)
