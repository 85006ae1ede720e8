"""Paper 002's networks: sizes, the three-layer head, and the resize and crop before the backbone."""

import keras
import numpy as np
import pytest

from fer_keras.models import BUILDERS, builder

# Backbone 11,186,112; 512 * 512 + 512, 512 * 256 + 256, 256 * 7 + 7; or 512 * 7 + 7.
PARAMETERS = {"resnet18_head": 11_581_895, "resnet18_simple": 11_189_703}
BATCH_NORM_STATISTICS = 9_600


@pytest.fixture(scope="module")
def models():
    return {name: builder(name)(image_size=56, input_size=48) for name in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype="uint8")


def test_the_table_of_counts_is_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.resnet18:")}
    assert here == PARAMETERS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts(models, name):
    assert models[name].count_params() == PARAMETERS[name]
    trainable = sum(int(np.prod(weight.shape)) for weight in models[name].trainable_weights)
    assert trainable == PARAMETERS[name] - BATCH_NORM_STATISTICS


def test_the_head_is_512_512_256_7_with_half_dropped(models):
    dense = [layer for layer in models["resnet18_head"].layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.kernel.shape for layer in dense] == [(512, 512), (512, 256), (256, 7)]
    assert [layer.activation.__name__ for layer in dense] == ["relu", "relu", "linear"]
    dropouts = [layer.rate for layer in models["resnet18_head"].layers if isinstance(layer, keras.layers.Dropout)]
    assert dropouts == [0.5, 0.5]


def test_the_simple_head_is_one_layer(models):
    dense = [layer for layer in models["resnet18_simple"].layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.kernel.shape for layer in dense] == [(512, 7)]


def test_the_papers_sizes_are_256_and_224():
    model = builder("resnet18_simple")()
    assert model.get_layer("resize").output.shape == (None, 256, 256, 1)
    assert model.get_layer("center_crop").output.shape == (None, 224, 224, 1)


def test_the_centre_is_kept(models, faces):
    model = models["resnet18_head"]
    outputs = [model.get_layer(name).output for name in ("resize", "center_crop", "normalise")]
    resized, cropped, normalised = (np.asarray(x) for x in keras.Model(model.input, outputs)(faces))
    assert resized.shape == (3, 64, 64, 1) and normalised.shape == (3, 56, 56, 3)
    np.testing.assert_array_equal(cropped, resized[:, 4:60, 4:60])
    green = (cropped[..., 0] / 255 - 0.456) / 0.224
    np.testing.assert_allclose(normalised[..., 1], green, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", PARAMETERS)
def test_pixels_in_probabilities_out_and_the_same_after_reloading(models, name, faces, tmp_path):
    model = models[name]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    found = np.asarray(model(faces))
    assert found.shape == (3, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(faces), found)
