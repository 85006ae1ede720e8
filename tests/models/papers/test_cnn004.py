"""Paper 004's two comparison networks."""

import keras
import numpy as np
import pytest

from fer_keras.layers.resize import Resize
from fer_keras.models import BUILDERS, builder

VANILLA = 9 * (32 + 32 * 64 + 64 * 128 + 128 * 256) + 4 * (32 + 64 + 128 + 256) + 256 * 7 + 7
RESIDUAL = 9 * (32 + 32 * 64 + 2 * 64 * 64 + 64 * 128 + 2 * 128 * 128) + 4 * (32 + 3 * 64 + 3 * 128) + 128 * 7 + 7
UNNORMALISED = VANILLA - 3 * (32 + 64 + 128 + 256)
PARAMETERS = {"vanilla_cnn": VANILLA, "vanilla_cnn_unnormalised": UNNORMALISED, "residual_cnn": RESIDUAL}
# Two statistics a channel of every batch norm.
BATCH_NORM_STATISTICS = {
    "vanilla_cnn": 2 * (32 + 64 + 128 + 256),
    "vanilla_cnn_unnormalised": 0,
    "residual_cnn": 2 * (32 + 3 * 64 + 3 * 128),
}


@pytest.fixture(scope="module")
def models():
    return {name: builder(name)() for name in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype="uint8")


def test_the_tables_are_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.cnn004:")}
    assert here == PARAMETERS.keys() == BATCH_NORM_STATISTICS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts(models, name):
    assert models[name].count_params() == PARAMETERS[name]
    trainable = sum(int(np.prod(weight.shape)) for weight in models[name].trainable_weights)
    assert trainable == PARAMETERS[name] - BATCH_NORM_STATISTICS[name]


def test_residual_blocks_replace_a_convolution_block(models):
    def count(name, kind):
        return sum(isinstance(layer, kind) for layer in models[name].layers)

    assert (
        count("vanilla_cnn", keras.layers.MaxPooling2D) == 4 and count("residual_cnn", keras.layers.MaxPooling2D) == 3
    )
    assert count("vanilla_cnn", keras.layers.Add) == 0 and count("residual_cnn", keras.layers.Add) == 2
    assert count("vanilla_cnn", keras.layers.Conv2D) == 4 and count("residual_cnn", keras.layers.Conv2D) == 7


def test_every_convolution_is_normalised_but_those_of_the_network_without(models):
    for kind, model in models.items():
        names = [layer.name for layer in model.layers]
        convolutions = [name for name in names if name.endswith("_conv")]
        assert {name.replace("_conv", "_bn") in names for name in convolutions} == {kind != "vanilla_cnn_unnormalised"}


def test_nothing_is_resized_at_48_pixels(models):
    assert not any(isinstance(layer, Resize) for model in models.values() for layer in model.layers)
    larger = builder("residual_cnn")(image_size=64)
    assert larger.get_layer("resize").interpolation == "bicubic"
    assert larger.count_params() == PARAMETERS["residual_cnn"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_pixels_in_probabilities_out_and_the_same_after_reloading(models, name, faces, tmp_path):
    model = models[name]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    found = np.asarray(model(faces))
    assert found.shape == (3, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(faces), found)
