"""The house's network."""

import keras
import numpy as np
import pytest

from fer_keras.models import BUILDERS, builder
from fer_keras.models.house import ATTENTION

# Attention of C channels adds: se 2 * C * C / 16 + C / 16 + C, spatial 99, cbam 2 * C * C / 16 + 99.
PARAMETERS = {None: 2_746_919, "se": 2_758_309, "spatial": 2_747_315, "cbam": 2_758_195}
BATCH_NORM_STATISTICS = 2 * 4 * (32 + 64 + 128 + 256)


@pytest.fixture(scope="module")
def models():
    return {attention: builder("house")(attention=attention) for attention in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(30, 200, (3, 48, 48, 1), dtype="uint8")


def test_the_table_of_counts_is_complete():
    assert PARAMETERS.keys() == set(ATTENTION)
    assert [name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.house:")] == ["house"]


@pytest.mark.parametrize("attention", PARAMETERS)
def test_parameter_counts(models, attention):
    model = models[attention]
    assert model.count_params() == PARAMETERS[attention]
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == PARAMETERS[attention] - BATCH_NORM_STATISTICS


def test_each_stage_halves_the_side(models):
    shapes = [models[None].get_layer(f"stage{number}_pool").output.shape[1:] for number in (1, 2, 3, 4)]
    assert shapes == [(24, 24, 32), (12, 12, 64), (6, 6, 128), (3, 3, 256)]


def test_exposure_and_contrast_do_not_count(models, faces):
    model = models[None]
    standardised = keras.Model(model.input, model.get_layer("standardise").output)
    seen = np.asarray(standardised(faces))
    np.testing.assert_allclose(seen.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(seen.std(axis=(1, 2, 3)), 1, atol=1e-3)
    np.testing.assert_allclose(
        np.asarray(standardised((faces // 2) * 2 + 40)), np.asarray(standardised((faces // 2) * 2)), atol=1e-4
    )


def test_a_blank_image_is_all_zero(models):
    standardised = keras.Model(models[None].input, models[None].get_layer("standardise").output)
    np.testing.assert_array_equal(standardised(np.full((1, 48, 48, 1), 77, "uint8")), 0)


@pytest.mark.parametrize("attention", PARAMETERS)
def test_pixels_in_probabilities_out_and_the_same_after_reloading(models, attention, faces, tmp_path):
    model = models[attention]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    found = np.asarray(model(faces))
    assert found.shape == (3, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(faces), found)


def test_widths_classes_and_colour_are_arguments():
    model = builder("house")(widths=(8, 24), classes=5, channels=3, input_size=40, image_size=32)
    assert model.output.shape == (None, 5)
    # 3x3 kernels: 3*8 + 3*8*8, 8*24 + 3*24*24; four batch norms a stage; 24 * 5 + 5.
    assert model.count_params() == 9 * (24 + 192 + 192 + 1728) + 4 * 4 * (8 + 24) + 125
    assert model.get_layer("resize").interpolation == "bicubic"


def test_an_unknown_attention_is_refused():
    with pytest.raises(ValueError, match="Expected attention in .* Received: 'eca'"):
        builder("house")(attention="eca")
