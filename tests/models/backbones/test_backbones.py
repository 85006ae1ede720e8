"""Each backbone against keras.applications: names, order, weights, output."""

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.layers.cpu_kernels import FastConv2D, FastDepthwiseConv2D, FusedBatchNormalization
from fer_keras.models import backbones
from fer_keras.models.fast_layers import AUTOMATIC_NAME, with_fast_layers
from fer_keras.models.weights.keras_file import KerasFile

pytestmark = pytest.mark.slow

PARAMETERS = {
    "resnet50": 23_587_712,
    "efficientnetb3": 10_783_535,
    "xception": 20_861_480,
    "mobilenetv3small": 939_120,
    "convnexttiny": 27_820_128,
    "resnet18": 11_186_112,
    "resnet34": 21_301_696,
    "resnet50_torchvision": 23_561_152,
    "efficientnetlite0": 3_413_024,
    "efficientnetlite0_320": 2_998_304,
    "efficientnetlite1": 4_189_344,
    "efficientnetlite1_320": 3_774_624,
    "efficientnetlite2": 4_869_168,
    "efficientnetlite2_320": 4_413_488,
    "mobilenet_faces": 3_228_864,
    "mobilenet_faces_12": 2_162_880,
    "mobilenet_faces_512": 1_627_840,
}
LAYERS = {"resnet50": 175, "efficientnetb3": 384, "xception": 132, "mobilenetv3small": 157, "convnexttiny": 137}
SIZE = 72

APPLICATIONS = {
    name: backbone.imagenet.application
    for name, backbone in backbones.BACKBONES.items()
    if isinstance(backbone.imagenet, KerasFile)
}


@pytest.fixture(scope="module", params=APPLICATIONS)
def pair(request):
    """(name, keras.applications' model, our copy with the same random weights)."""
    build = APPLICATIONS[request.param]
    stock = build(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3), name="backbone")
    ours = with_fast_layers(stock)
    ours.set_weights(stock.get_weights())
    return request.param, stock, ours


def flat(model):
    """The layers of `model`, those of a Sequential inside in its place (without its own input)."""
    for layer in model.layers:
        yield from layer.layers if isinstance(layer, keras.Sequential) else [layer]


def explicit(model):
    names = [layer.name.removeprefix("backbone_") for layer in flat(model)]
    return [name for name in names if not AUTOMATIC_NAME.fullmatch(name)][1:]


def test_tables_are_complete():
    assert set(PARAMETERS) == set(backbones.BACKBONES)
    assert set(LAYERS) == set(APPLICATIONS)
    assert all(name == backbone.name for name, backbone in backbones.BACKBONES.items())
    deepest = [(backbone.deepest, *sorted(backbone.marks.items())) for backbone in backbones.BACKBONES.values()]
    assert len(set(deepest)) == len(deepest)


def test_layers_are_those_of_keras(pair):
    name, stock, ours = pair
    assert (len(ours.layers), ours.count_params()) == (LAYERS[name], PARAMETERS[name])
    assert explicit(ours) == explicit(stock)
    assert [w.shape for w in ours.weights] == [w.shape for w in stock.weights]
    assert backbones.family(ours) == name


def test_batch_norm_and_convolutions_are_quick_and_nothing_else_changed(pair):
    _, stock, ours = pair
    quick = {
        keras.layers.BatchNormalization: FusedBatchNormalization,
        keras.layers.Conv2D: FastConv2D,
        keras.layers.DepthwiseConv2D: FastDepthwiseConv2D,
    }
    for theirs, layer in zip(flat(stock), ours.layers, strict=True):
        assert type(layer) is quick.get(type(theirs), type(theirs))


def test_output_equals_keras(pair):
    _, stock, ours = pair
    x = np.random.default_rng(0).uniform(0, 255, (2, SIZE, SIZE, 3)).astype("float32")
    np.testing.assert_allclose(ours(x), stock(x), rtol=1e-3, atol=1e-4)


def test_automatic_names_count_from_the_models_own_first_layer(pair):
    name, _, ours = pair
    automatic = [layer.name for layer in ours.layers if AUTOMATIC_NAME.fullmatch(layer.name)]
    convolutions = [own for own in automatic if own.startswith("conv2d")]
    assert convolutions == (["conv2d", "conv2d_1", "conv2d_2", "conv2d_3"] if name == "xception" else [])
    assert ours.layers[0].name == "input_layer"
    paths = [w.path for w in ours.weights]
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("backbone/") for path in paths)


def test_paper_003s_indices_mean_keras_layers():
    resnet50 = backbones.build_backbone("resnet50", 32)
    assert (resnet50.name, len(resnet50.layers)) == ("backbone", 175)
    assert resnet50.layers[160].name == "conv5_block2_2_relu"
    assert resnet50.layers[140].name == "conv4_block6_3_bn"
    assert resnet50.layers[100].name == "conv4_block2_3_bn"
    assert resnet50.layers[174].name == "conv5_block3_out"
    assert resnet50.layers[175:] == []


@pytest.mark.parametrize("name", sorted(set(backbones.BACKBONES) - set(APPLICATIONS)))
def test_our_own_backbones(name):
    ours = backbones.build_backbone(name, 32)
    assert (ours.name, ours.count_params(), backbones.family(ours)) == ("backbone", PARAMETERS[name], name)


def test_refuses_an_unknown_name_and_too_small_an_image():
    with pytest.raises(ValueError, match="Received: 'resnet5'"):
        backbones.build_backbone("resnet5", 48)
    with pytest.raises(UserError, match="at least 71 for xception. Received: 48"):
        backbones.build_backbone("xception", 48)


def test_a_stranger_has_no_family():
    assert backbones.family(keras.Sequential([keras.layers.Dense(2, name="dense")])) is None
