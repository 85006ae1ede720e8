"""The first layers that the papers' networks share."""

import keras
import numpy as np

from fer_keras.models.front import face_input, probabilities_of, resized, tripled


def test_pixels_pass_unchanged_as_float32():
    face, x = face_input(5, 3)
    pixels = np.arange(75, dtype="uint8").reshape(1, 5, 5, 3)
    assert keras.backend.standardize_dtype(x.dtype) == "float32" and face.name == "face"
    np.testing.assert_array_equal(keras.Model(face, x)(pixels), pixels.astype("float32"))


def test_nothing_to_do_adds_no_layer():
    _, x = face_input(5, 3)
    assert resized(x, 5) is x and tripled(x) is x


def test_grey_becomes_three_equal_channels():
    face, x = face_input(4, 1)
    pixels = np.arange(16, dtype="uint8").reshape(1, 4, 4, 1)
    np.testing.assert_array_equal(keras.Model(face, tripled(x))(pixels), np.repeat(pixels, 3, axis=-1))


def test_enlarging_is_bilinear_with_half_pixel_centres():
    face, x = face_input(2, 1)
    pixels = np.array([[0, 100], [0, 100]], "uint8").reshape(1, 2, 2, 1)
    found = np.asarray(keras.Model(face, resized(x, 4))(pixels))
    np.testing.assert_allclose(found[0, 1, :, 0], [0, 25, 75, 100])


def test_shrinking_looks_at_every_pixel():
    face, x = face_input(8, 1)
    stripes = np.tile(np.array([0, 200], "uint8"), (8, 4)).reshape(1, 8, 8, 1)
    found = np.asarray(keras.Model(face, resized(x, 2))(stripes))
    np.testing.assert_allclose(found, 100, atol=8)


def test_probabilities_are_float32_under_any_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        logits = keras.layers.Dense(7)(keras.Input((3,)))
        found = probabilities_of(logits)
    finally:
        keras.config.set_dtype_policy(before)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
