"""ConvNeXt-Tiny, the proof of the registry: ImageNet's file, checkpoints, the classifier and the hybrid."""

import keras
import numpy as np
import pytest

from fer_keras.models import backbone_classifier
from fer_keras.models.papers import hybrid
from fer_keras.models.weights import initial, named
from fer_keras.training import carry

pytestmark = pytest.mark.slow


def classifier(**arguments):
    return backbone_classifier.build(backbone="convnexttiny", image_size=32, **arguments)


def shaken(model, seed):
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        weight.assign(rng.uniform(0.01, 0.02, weight.shape))
    return model


def same(model, values) -> bool:
    arrays = named.arrays_of(model.get_layer("backbone").layers)
    return arrays.keys() == values.keys() and all(np.array_equal(arrays[key], values[key]) for key in values)


@pytest.fixture(scope="module")
def source():
    return shaken(classifier(), seed=0)


@pytest.fixture(scope="module")
def values(source):
    return named.arrays_of(source.get_layer("backbone").layers)


@pytest.fixture(scope="module")
def target():
    return hybrid.build(backbone="convnexttiny", image_size=32, dim=16, heads=2, units=4)


@pytest.fixture(scope="module")
def notop(source, tmp_path_factory):
    """keras.applications' file: legacy .h5 of its own network, with the weights of `source`."""
    path = tmp_path_factory.mktemp("keras") / "models" / "convnext_tiny_notop.h5"
    path.parent.mkdir()
    stock = keras.applications.ConvNeXtTiny(weights=None, include_top=False, input_shape=(32, 32, 3))
    stock.set_weights(source.get_layer("backbone").get_weights())
    stock.save(path)
    return path


def test_each_of_its_180_weights_has_a_name(values, source):
    assert len(values) == len(source.get_layer("backbone").weights) == 180
    assert values["stage_2_block_8_layer_scale/variable_1"].shape == (384,)
    assert values["downsampling_conv_0/kernel"].shape == (2, 2, 96, 192)
    assert values["layer_normalization/gamma"].shape == (768,)


def test_imagenet_weights_come_from_the_file_of_keras(notop, target, values, monkeypatch):
    fetched = []
    monkeypatch.setenv("KERAS_HOME", str(notop.parents[1]))
    monkeypatch.setattr(
        "keras.src.utils.file_utils.get_file", lambda name, *_, **__: fetched.append(name) or str(notop)
    )
    assert initial.load_backbone(target, "imagenet")["file"] == str(notop)
    assert fetched == ["convnext_tiny_notop.h5"]
    assert same(target, values)


def test_every_kind_of_checkpoint_carries_over(notop, source, target, values, tmp_path):
    source.save(tmp_path / "whole.keras")
    initial.save_backbone(source, tmp_path / "weights.npz")
    source.get_layer("backbone").save_weights(tmp_path / "ours.weights.h5")
    for path in (tmp_path / "whole.keras", tmp_path / "weights.npz", tmp_path / "ours.weights.h5", notop):
        shaken(target, seed=1)
        assert initial.load_backbone(target, str(path))["kind"] == "checkpoint"
        assert same(target, values)


def test_weights_carry_over_from_phase_to_phase(source, values):
    eight = classifier(classes=8)
    assert carry.over(source, eight) == ["logits/kernel", "logits/bias"]
    assert same(eight, values)


def test_a_network_of_it_answers_the_same_when_reloaded_by_keras_alone(source, tmp_path):
    faces = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 1), dtype=np.uint8)
    source.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(faces), source(faces))


def test_it_takes_raw_pixels_and_starts_as_keras_starts_it(target):
    assert "normalise" not in {layer.name for layer in target.layers}
    scale = classifier().get_layer("backbone").get_layer("stage_0_block_0_layer_scale").weights[0]
    np.testing.assert_allclose(scale, 1e-6)
