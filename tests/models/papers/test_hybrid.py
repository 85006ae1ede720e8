"""Paper 003's hybrid on its four backbones."""

import keras
import numpy as np
import pytest

from fer_keras.config.labels import AFFECTNET_CLASSES, RAFDB_CLASSES
from fer_keras.models import builder
from fer_keras.models.attention_head import attentive_logits
from fer_keras.models.papers import hybrid

pytestmark = pytest.mark.slow

FACES = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 1), dtype=np.uint8)
ADAPTER, ATTENTION_MAP, BLOCK, BRANCHES = 6, 99, 1_049_600, 264_455
LAYERS = ["face", "to_float", "upsample", "adapter", "normalise", "backbone", "squeeze_excite", "spatial_attention"]
LAYERS += ["tokens", "projection", "self_attention", "pool", "branches", "probabilities"]


def squeeze_excite(channels):
    hidden = channels // 16
    return channels * hidden + hidden + hidden * channels + channels


def head(channels):
    return squeeze_excite(channels) + ATTENTION_MAP + channels * 512 + 512 + BLOCK + BRANCHES


@pytest.fixture(scope="module")
def resnet50():
    return hybrid.build_hybrid_resnet50(image_size=40)


@pytest.fixture(scope="module")
def small():
    return hybrid.build_hybrid_mobilenetv3small(image_size=64, dim=24, heads=3, units=10)


def test_the_papers_system(resnet50):
    assert [layer.name for layer in resnet50.layers] == LAYERS
    assert resnet50.count_params() == 23_587_712 + ADAPTER + head(2048) == 26_477_424
    assert len(resnet50.get_layer("backbone").layers) == 175
    assert resnet50.get_layer("self_attention").heads == 8
    assert resnet50.get_layer("branches").dropout == 0.3
    assert resnet50.get_layer("branches").l2 == 1e-4
    paths = [weight.path for weight in resnet50.weights]
    assert len(set(paths)) == len(paths)


def test_penalty_is_on_the_branches_alone(resnet50):
    assert len(resnet50.losses) == 4


@pytest.mark.parametrize(
    ("name", "count", "channels", "total"),
    [
        ("hybrid_efficientnetb3", 10_783_535, 1536, 13_181_183),
        ("hybrid_xception", 20_861_480, 2048, 23_751_192),
        ("hybrid_mobilenetv3small", 939_120, 576, 2_590_788),
    ],
)
def test_the_same_head_on_other_backbones(name, count, channels, total):
    model = builder(name)(image_size=71)
    assert model.name == name
    assert model.count_params() == count + ADAPTER + head(channels) == total
    out = keras.ops.convert_to_numpy(model(FACES))
    assert (out.shape, out.dtype) == ((2, 7), np.float32)
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-5)


def test_parameters_do_not_depend_on_the_image_size(small):
    other = hybrid.build_hybrid_mobilenetv3small(image_size=96, dim=24, heads=3, units=10)
    assert other.count_params() == small.count_params()
    assert other.get_layer("tokens").output.shape == (None, 9, 576)
    assert small.get_layer("tokens").output.shape == (None, 4, 576)


@pytest.mark.parametrize(
    ("parts", "classes", "expected"),
    [
        ((), 7, 6 + 576 * 256 + 256 + 256 * 7 + 7),
        (("se",), 8, 6 + squeeze_excite(576) + 576 * 256 + 256 + 256 * 8 + 8),
        (("spatial", "branches"), 7, 6 + ATTENTION_MAP + 2 * (576 * 256 + 256) + 257 * 7),
        (("mhsa",), 7, 6 + 577 * 512 + BLOCK + 513 * 256 + 257 * 7),
    ],
)
def test_parts_of_an_ablation(parts, classes, expected):
    model = hybrid.build_hybrid_mobilenetv3small(image_size=48, classes=classes, parts=parts)
    assert model.count_params() == 939_120 + expected
    names = {layer.name for layer in model.layers}
    assert ("branches" in names) == ("branches" in parts) != ("classifier" in names)


def test_refuses_unknown_parts_and_groups_that_cannot_be():
    with pytest.raises(ValueError, match=r"Received: \['mlp'\]"):
        hybrid.build_hybrid_resnet50(parts=("se", "mlp"))
    with pytest.raises(ValueError, match="7 classes for the branches' groups. Received: 8"):
        hybrid.build_hybrid_mobilenetv3small(image_size=48, classes=8)


def test_backbone_sees_normalised_pixels(resnet50):
    """An image of one grey value reaches ResNet50 as that value minus ImageNet's mean, in BGR."""
    flat = np.full((1, 48, 48, 1), 100, np.uint8)
    seen = keras.Model(resnet50.input, resnet50.get_layer("normalise").output)(flat)
    expected = 100 - np.array([103.939, 116.779, 123.68])
    np.testing.assert_allclose(seen, np.broadcast_to(expected, (1, 40, 40, 3)), atol=1e-3)


def test_one_step_of_training_and_reload(small, tmp_path):
    small.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    before = [small.get_layer("adapter").get_weights()[0].copy(), small.get_layer("projection").get_weights()[0].copy()]
    assert np.isfinite(small.train_on_batch(FACES, np.array([0, 6])))
    after = [small.get_layer("adapter").get_weights()[0], small.get_layer("projection").get_weights()[0]]
    assert all(not np.array_equal(a, b) for a, b in zip(after, before, strict=True))
    small.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    np.testing.assert_array_equal(again(FACES), small(FACES))


def test_called_without_training_it_infers(small):
    np.testing.assert_array_equal(small(FACES), small(FACES, training=False))


def test_mixed_precision_ends_in_float32_and_starts_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = hybrid.build_hybrid_mobilenetv3small(image_size=48, dim=16, heads=2, units=4)
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.get_layer("adapter").compute_dtype == "float32"
    assert model.get_layer("backbone").output.dtype == model.get_layer("branches").output.dtype == "bfloat16"
    assert model.output.dtype == "float32"


@pytest.mark.parametrize("names", [RAFDB_CLASSES, AFFECTNET_CLASSES])
def test_the_branches_groups_are_told_by_name_whatever_the_order_of_the_classes(names):
    logits = attentive_logits(keras.Input((2, 2, 4)), len(names), parts=("branches",), class_names=names)
    branches = logits._keras_history.operation
    assert branches.class_names == names
    assert branches.groups[0] == ("happy", "surprise", "neutral")
    assert set(branches.groups[1]) == set(names) - set(branches.groups[0])
    outputs = [name for group in branches.groups for name in group]
    assert [outputs[place] for place in branches.order] == list(names)
    with pytest.raises(ValueError, match="Expected classes of the branches' groups .* Received: .'bored'"):
        attentive_logits(keras.Input((2, 2, 4)), 7, parts=("branches",), class_names=(*names[:6], "bored"))
