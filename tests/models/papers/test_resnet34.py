"""Paper 000's four networks: sizes, where the attention stands, and the variable paths its learning rates go by."""

import keras
import numpy as np
import pytest

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.sum_channel_attention import SumChannelAttention
from fer_keras.models import BUILDERS, builder

pytestmark = pytest.mark.slow

# Backbone 21,301,696, head 512 * 256 + 256 + 256 * 7 + 7 = 133,127; attention of C channels 2 * C * C / 16 + 98.
PARAMETERS = {
    "resnet34": 21_434_823,
    "resnet34_attention": 21_467_689,
    "resnet34_attention_stages": 21_478_735,
    "resnet34_cbam": 21_467_689,
}
BATCH_NORM_STATISTICS = 17_024


@pytest.fixture(scope="module")
def models():
    return {name: builder(name)(image_size=64, input_size=40) for name in PARAMETERS}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (3, 40, 40, 1), dtype="uint8")


def layers_of(model):
    return [*model.layers, *model.get_layer("backbone").layers]


def test_the_table_of_counts_is_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.resnet34:")}
    assert here == PARAMETERS.keys()


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_counts(models, name):
    model = models[name]
    assert model.count_params() == PARAMETERS[name]
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == PARAMETERS[name] - BATCH_NORM_STATISTICS


@pytest.mark.parametrize(
    ("name", "channel", "spatial"),
    [
        ("resnet34", [], 0),
        ("resnet34_attention", [(SumChannelAttention, 512)], 1),
        ("resnet34_cbam", [(CBAMChannelAttention, 512)], 1),
        ("resnet34_attention_stages", [(SumChannelAttention, width) for width in (64, 128, 256, 512)], 4),
    ],
)
def test_which_attention_stands_where(models, name, channel, spatial):
    kinds = (SumChannelAttention, CBAMChannelAttention)
    attention = [layer for layer in layers_of(models[name]) if isinstance(layer, kinds)]
    assert [(type(layer), layer.expand.units) for layer in attention] == channel
    assert all(layer.ratio == 16 for layer in attention)
    masks = [layer for layer in layers_of(models[name]) if isinstance(layer, SpatialAttention)]
    assert len(masks) == spatial and all(mask.kernel_size == 7 for mask in masks)


def test_channel_attention_comes_before_spatial_and_both_before_pooling(models):
    names = [layer.name for layer in models["resnet34_attention"].layers]
    start = names.index("backbone")
    expected = ["backbone", "channel_attention_stage4", "spatial_attention_stage4", "pool", "classifier_hidden"]
    assert names[start : start + 5] == expected


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_variable_belongs_to_one_learning_rate(models, name):
    prefixes = {"backbone/": 0, "channel_attention": 0, "spatial_attention": 0, "classifier": 0}
    for weight in models[name].trainable_weights:
        (prefix,) = [prefix for prefix in prefixes if weight.path.startswith(prefix)]
        prefixes[prefix] += 1
    stages = {"resnet34": 0, "resnet34_attention_stages": 4}.get(name, 1)
    # 36 convolutions, 36 gammas and betas; two matrices; one kernel without bias; two dense layers.
    assert list(prefixes.values()) == [108, 2 * stages, stages, 4]


def test_dropout_is_the_papers(models):
    assert models["resnet34_attention"].get_layer("classifier_dropout").rate == 0.3


@pytest.mark.parametrize("name", PARAMETERS)
def test_pixels_in_probabilities_out(models, name, faces):
    model = models[name]
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8" and model.input.shape == (None, 40, 40, 1)
    probabilities = np.asarray(model(faces))
    assert probabilities.shape == (3, 7) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_grey_equals_its_own_triple_in_colour_so_phases_share_weights(models, faces):
    grey = models["resnet34"]
    colour = builder("resnet34")(image_size=64, input_size=40, channels=3)
    colour.set_weights(grey.get_weights())
    assert [weight.path for weight in colour.weights] == [weight.path for weight in grey.weights]
    np.testing.assert_allclose(colour(np.repeat(faces, 3, axis=-1)), grey(faces), rtol=1e-5)


def test_eight_classes_differ_in_the_last_layer_only():
    eight = builder("resnet34_attention")(image_size=32, classes=8, channels=3)
    assert eight.count_params() == PARAMETERS["resnet34_attention"] + 257
    assert eight.output.shape == (None, 8)


def test_input_is_normalised_as_torchvision_does(models):
    model = models["resnet34"]
    seen = keras.Model(model.input, model.get_layer("normalise").output)(np.full((1, 40, 40, 1), 255, "uint8"))
    expected = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    np.testing.assert_allclose(np.asarray(seen)[0, 9, 9], expected, rtol=1e-5)
    assert seen.shape == (1, 64, 64, 3)
