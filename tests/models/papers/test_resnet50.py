"""Paper 001's ResNet-50, without and with CBAM."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.models import BUILDERS, builder

pytestmark = pytest.mark.slow

# keras.applications' 23,587,712 without top, 2048 * 7 + 7; CBAM 2 * 2048 * 128 and 7 * 7 * 2.
PARAMETERS = {"resnet50": 23_602_055, "resnet50_cbam": 24_126_441}
BATCH_NORM_STATISTICS = 53_120


@pytest.fixture(scope="module")
def models():
    return {name: builder(name)(image_size=64, input_size=40) for name in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (3, 40, 40, 1), dtype="uint8")


def test_the_table_of_counts_is_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.resnet50:")}
    assert here == PARAMETERS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts(models, name):
    assert models[name].count_params() == PARAMETERS[name]
    trainable = sum(int(np.prod(weight.shape)) for weight in models[name].trainable_weights)
    assert trainable == PARAMETERS[name] - BATCH_NORM_STATISTICS


def test_cbam_follows_the_last_stage_channels_first(models):
    names = [layer.name for layer in models["resnet50_cbam"].layers]
    start = names.index("backbone")
    assert names[start : start + 4] == ["backbone", "channel_attention", "spatial_attention", "pool"]
    assert isinstance(models["resnet50_cbam"].get_layer("channel_attention"), CBAMChannelAttention)
    assert not any("attention" in layer.name for layer in models["resnet50"].layers)


def test_the_backbone_is_keras_applications(models):
    backbone = models["resnet50"].get_layer("backbone")
    assert len(backbone.layers) == 175
    assert backbone.layers[-1].name == "conv5_block3_out"


def test_pixels_reach_the_backbone_as_they_are(models):
    model = models["resnet50"]
    white = np.full((1, 40, 40, 1), 255, "uint8")
    seen = np.asarray(keras.Model(model.input, model.get_layer("triple").output)(white))
    assert seen.shape == (1, 64, 64, 3)
    np.testing.assert_allclose(seen, 255, rtol=1e-6)


def test_torchvisions_network_gets_pixels_in_the_unit_range_and_has_a_layout_of_its_own():
    model = builder("resnet50_cbam")(image_size=64, input_size=40, backbone="resnet50_torchvision")
    white = np.full((1, 40, 40, 1), 255, "uint8")
    seen = np.asarray(keras.Model(model.input, model.get_layer("unit_range").output)(white))
    np.testing.assert_allclose(seen, 1, rtol=1e-6)
    # torchvision's 25,557,032 less the 2,049,000 of its top, statistics of 26,560 channels twice, 2048 * 7 + 7, CBAM.
    assert model.count_params() == 25_557_032 - 2_049_000 + 53_120 + 14_343 + 2 * 2048 * 128 + 98


def test_the_unit_of_pixels_makes_no_difference_while_batch_norm_trains(models):
    backbone = models["resnet50"].get_layer("backbone")
    state = backbone.get_weights()
    pixels = np.random.default_rng(0).uniform(0, 255, (4, 64, 64, 3)).astype("float32")
    raw, unit = (np.asarray(backbone(x, training=True)) for x in (pixels, pixels / 255))
    backbone.set_weights(state)  # training moved the statistics
    np.testing.assert_allclose(raw, unit, rtol=0, atol=0.02 * np.abs(raw).max())


@pytest.mark.parametrize("name", PARAMETERS)
def test_pixels_in_probabilities_out(models, name, faces):
    model = models[name]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    probabilities = np.asarray(model(faces))
    assert probabilities.shape == (3, 7) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
