"""Paper 001's own networks."""

import keras
import numpy as np
import pytest

from fer_keras.models import BUILDERS, builder

# 896 + 18,496 + 73,856; (128 / 8) ** 2 * 128 * 128 + 128; 128 * 7 + 7. Spatial attention 7 * 7 * 2 + 1.
PARAMETERS = {"cnn001": 4_288_583, "cnn001_spatial_attention": 4_288_682, "cnn001_spatial_softmax": 4_288_681}


@pytest.fixture(scope="module")
def models():
    return {name: builder(name)() for name in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype="uint8")


def test_the_table_of_counts_is_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.cnn001:")}
    assert here == PARAMETERS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts_all_trainable(models, name):
    assert models[name].count_params() == PARAMETERS[name]
    assert sum(int(np.prod(weight.shape)) for weight in models[name].trainable_weights) == PARAMETERS[name]


def test_three_blocks_then_two_dense_layers(models):
    kinds = [type(layer).__name__ for layer in models["cnn001"].layers if layer.name not in ("face", "to_float")]
    blocks = ["Conv2D", "MaxPooling2D"] * 3
    head = ["Flatten", "Dense", "Dropout", "Dense", "Activation"]
    assert kinds == ["Resize", "Concatenate", "Rescaling", *blocks, *head]


@pytest.mark.parametrize("name", ["cnn001_spatial_attention", "cnn001_spatial_softmax"])
def test_attention_stands_before_the_classification_head(models, name):
    plain = [layer.name for layer in models["cnn001"].layers]
    attentive = [layer.name for layer in models[name].layers]
    at = plain.index("flatten")
    assert attentive == [*plain[:at], "spatial_attention", *plain[at:]]


def test_at_48_pixels_it_is_a_network_of_a_sixth_of_the_parameters():
    # (48 / 8) ** 2 * 128 * 128 + 128 instead of (128 / 8) ** 2 * 128 * 128 + 128 in the first dense layer.
    assert builder("cnn001")(image_size=48).count_params() == 684_103 == 4_288_583 - (16**2 - 6**2) * 128 * 128


def test_faces_reach_the_first_block_at_128_pixels_in_the_unit_range(models, faces):
    model = models["cnn001"]
    seen = np.asarray(keras.Model(model.input, model.get_layer("unit_range").output)(faces))
    assert seen.shape == (3, 128, 128, 3)
    assert 0 <= seen.min() and 0.9 < seen.max() <= 1
    np.testing.assert_array_equal(seen[..., 0], seen[..., 2])
    # Half-pixel centres: output 7 lies at 7.5 * 48 / 128 - .5 = 2.3125 between the input pixels 2 and 3.
    corner = np.array([0.6875, 0.3125]) @ faces[0, 2:4, 2:4, 0] @ np.array([0.6875, 0.3125]) / 255
    np.testing.assert_allclose(seen[0, 7, 7, 0], corner, rtol=1e-5)


@pytest.mark.parametrize("name", PARAMETERS)
def test_pixels_in_probabilities_out_and_the_same_after_reloading(models, name, faces, tmp_path):
    model = models[name]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    found = np.asarray(model(faces))
    assert found.shape == (3, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(faces), found)


def test_other_sizes_classes_and_colour():
    model = builder("cnn001")(image_size=40, classes=5, input_size=64, channels=3)
    assert model.input.shape == (None, 64, 64, 3) and model.output.shape == (None, 5)
    assert model.count_params() == 896 + 18_496 + 73_856 + 5 * 5 * 128 * 128 + 128 + 128 * 5 + 5
