"""Paper 004's system: sizes, the removed pooling, the stages after the backbone, and RGB weights carried into it."""

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models import BUILDERS, builder
from fer_keras.models.papers.resnet50_cnn import build_grey_resnet50
from fer_keras.models.weights import named

pytestmark = pytest.mark.slow

# Backbone 23,587,712 less two of three input channels of the stem (2 * 7 * 7 * 64).
BACKBONE = 23_581_440
# Convolutions and dense layers without bias, four numbers a batch-norm channel, gamma and beta, the output.
HEAD = (2048 * 512 + 512 * 128) + 128 * 128 + 128 * 64 + 4 * (512 + 128 + 128 + 64) + 2 * 128 + (64 * 7 + 7)
PARAMETERS = {"resnet50_cnn": 24_724_167}
BATCH_NORM_STATISTICS = 53_120 + 2 * (512 + 128 + 128 + 64)


@pytest.fixture(scope="module")
def model():
    return builder("resnet50_cnn")()


@pytest.fixture(scope="module")
def source():
    """An RGB ResNet50 with a pooling-free forward pass to compare with, its statistics moved off their start."""
    network = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(48, 48, 3))
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    return network


@pytest.fixture(scope="module")
def loaded(source):
    backbones = {stem: build_grey_resnet50(48, stem) for stem in ("mean", "sum")}
    for backbone in backbones.values():
        named.assign(backbone.layers, named.arrays_of(source.layers), "the RGB network")
    return backbones


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(1).integers(0, 256, (3, 48, 48, 1), dtype="uint8")


def test_the_table_of_counts_is_complete():
    here = {name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.papers.resnet50_cnn:")}
    assert here == PARAMETERS.keys()


def test_parameter_counts(model):
    assert model.get_layer("backbone").count_params() == BACKBONE
    assert model.count_params() == PARAMETERS["resnet50_cnn"] == BACKBONE + HEAD
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == PARAMETERS["resnet50_cnn"] - BATCH_NORM_STATISTICS


def test_the_first_pooling_is_removed_and_nothing_else(model, source):
    ours = [layer.name for layer in model.get_layer("backbone").layers[1:]]
    theirs = [layer.name for layer in source.layers[1:] if layer.name not in ("pool1_pad", "pool1_pool")]
    assert ours == theirs and len(ours) == 172
    assert model.get_layer("backbone").output.shape == (None, 3, 3, 2048)
    assert source.output.shape == (None, 2, 2, 2048)


def test_the_stages_after_the_backbone(model):
    shapes = {
        name: model.get_layer(name).output.shape[1:] for name in ("refine1_dropout", "refine2_dropout", "refine_pool")
    }
    assert shapes == {"refine1_dropout": (3, 3, 512), "refine2_dropout": (3, 3, 128), "refine_pool": (1, 1, 128)}
    names = [layer.name for layer in model.layers]
    after = ["refine_pool", "pool", "l2_scale", "classifier_dense1"]
    assert names[names.index("refine_pool") : names.index("classifier_dense1") + 1] == after
    for stage in ("refine1", "refine2", "classifier_dense1", "classifier_dense2"):
        at = names.index(f"{stage}_bn")
        assert names[at : at + 3] == [f"{stage}_bn", f"{stage}_relu", f"{stage}_dropout"]
    widths = [model.get_layer(name).units for name in ("classifier_dense1", "classifier_dense2", "classifier_logits")]
    assert widths == [128, 64, 7]


@pytest.mark.parametrize("stem", ["mean", "sum"])
def test_rgb_weights_are_carried_over(source, loaded, stem):
    backbone = loaded[stem]
    kernel = source.get_layer("conv1_conv").get_weights()[0]
    reduced = kernel.sum(axis=2, keepdims=True) / (3 if stem == "mean" else 1)
    np.testing.assert_allclose(backbone.get_layer("conv1_conv").get_weights()[0], reduced, rtol=1e-5, atol=1e-7)
    for layer in backbone.layers:
        if layer.weights and layer.name != "conv1_conv":
            for ours, theirs in zip(layer.get_weights(), source.get_layer(layer.name).get_weights(), strict=True):
                np.testing.assert_array_equal(ours, theirs)


def test_only_the_sum_equals_the_rgb_backbone_on_tripled_grey(source, loaded):
    grey = np.random.default_rng(2).normal(0, 50, (2, 48, 48, 1)).astype("float32")
    first = source.get_layer("conv1_relu").output
    expected = np.asarray(keras.Model(source.input, first)(np.repeat(grey, 3, axis=-1)))
    difference = {}
    for stem, backbone in loaded.items():
        features = keras.Model(backbone.input, backbone.get_layer("conv1_relu").output)(grey)
        difference[stem] = np.abs(np.asarray(features) - expected).max() / expected.max()
    assert difference["sum"] < 1e-5 and difference["mean"] > 0.1


def test_another_network_is_no_source(loaded):
    small = keras.Sequential([keras.Input((48, 48, 3)), keras.layers.Conv2D(64, 7, strides=2, name="conv1_conv")])
    before = loaded["mean"].get_layer("conv1_conv").get_weights()[0]
    with pytest.raises(
        UserError, match=r"in a small one. Received: a first differing layer, conv1_bn \(no conv1_bn/ga"
    ):
        named.assign(loaded["mean"].layers, named.arrays_of(small.layers), "a small one")
    np.testing.assert_array_equal(loaded["mean"].get_layer("conv1_conv").get_weights()[0], before)


def test_colour_is_refused():
    with pytest.raises(ValueError, match="Expected channels=1"):
        builder("resnet50_cnn")(channels=3)


def test_the_grey_mean_is_subtracted(model):
    black = np.zeros((1, 48, 48, 1), "uint8")
    seen = keras.Model(model.input, model.get_layer("normalise").output)(black)
    np.testing.assert_allclose(seen, -(103.939 + 116.779 + 123.68) / 3, rtol=1e-6)


def test_pixels_in_probabilities_out(model, faces):
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    probabilities = np.asarray(model(faces))
    assert probabilities.shape == (3, 7) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
