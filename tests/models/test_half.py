"""Weights in float16: each number the nearest, what float16 cannot hold as it was, the file read like any other."""

import zipfile

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models import half, saved
from fer_keras.models.contract import Contract

CONTRACT = Contract(("a", "b", "c"), "fer2013", 8, 1)


@pytest.fixture(scope="module")
def model():
    image = keras.Input((8, 8, 1), dtype="uint8")
    x = keras.layers.Conv2D(4, 3, name="conv")(keras.layers.Rescaling(1 / 255)(image))
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dropout(0.5)(keras.layers.GlobalAveragePooling2D()(x))
    made = keras.Model(image, keras.layers.Dense(3, activation="softmax", name="head")(x))
    rng = np.random.default_rng(0)
    made.set_weights(
        [rng.normal(size=w.shape).astype(w.dtype) if w.dtype == "float32" else w for w in made.get_weights()]
    )
    made.get_layer("norm").moving_variance.assign([1e5, 1.0, 2.0, 3.0])
    return made


def test_every_weight_comes_back_as_its_nearest_float16(model, tmp_path):
    saved.save(model, tmp_path / "model.keras", CONTRACT)
    half.save(tmp_path / "model.keras", tmp_path / "half" / "model.keras")
    again = saved.load(tmp_path / "half" / "model.keras")
    for before, after in zip(model.weights, again.weights, strict=True):
        value = keras.ops.convert_to_numpy(before)
        beyond = before.path.endswith("moving_variance")
        expected = value if beyond or value.dtype != np.float32 else value.astype(np.float16).astype(np.float32)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(after), expected)
        assert keras.backend.standardize_dtype(after.dtype) == keras.backend.standardize_dtype(before.dtype)
    assert saved.contract(tmp_path / "half" / "model.keras") == CONTRACT


def test_the_file_of_a_network_halves(tmp_path):
    wide = keras.Sequential([keras.Input((64,)), keras.layers.Dense(4096)])
    saved.save(wide, tmp_path / "model.keras")
    half.save(tmp_path / "model.keras", tmp_path / "half.keras")
    assert (tmp_path / "half.keras").stat().st_size < 0.55 * (tmp_path / "model.keras").stat().st_size


@pytest.mark.parametrize("number", [65504.0, 1e-8, 1 / 3, -0.0])
def test_rounding_is_numpys(number):
    array = np.array([number], np.float32)
    assert half.rounded(array).tobytes() == array.astype(np.float16).tobytes()


def test_what_float16_cannot_hold_and_whole_numbers_stay():
    for array in (np.array([1.0, 7e4], np.float32), np.array([3], np.uint32), np.array([0.1])):
        assert half.rounded(array) is array


def test_what_is_no_model_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"no archive")
    with pytest.raises(UserError, match="a model saved by Keras at"):
        half.save(tmp_path / "model.keras", tmp_path / "half.keras")
    with zipfile.ZipFile(tmp_path / "empty.keras", "w") as archive:
        for name in saved.MEMBERS:
            archive.writestr(name, "{}")
    with pytest.raises(UserError, match="Expected weights in"):
        half.save(tmp_path / "empty.keras", tmp_path / "half.keras")
    assert not (tmp_path / "half.keras").exists()
