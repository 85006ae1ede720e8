"""Starting weights: what carries over, what is refused, what is recorded."""

import dataclasses
import hashlib
import pathlib

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models import backbone_classifier
from fer_keras.models.backbones import BACKBONES, build_backbone
from fer_keras.models.papers import cnn003, hybrid, resnet34, resnet50_cnn
from fer_keras.models.weights import initial, keras_file, named

pytestmark = pytest.mark.slow


def classifier(backbone="mobilenetv3small", **arguments):
    return backbone_classifier.build(backbone=backbone, image_size=48, **arguments)


def shaken(model, seed=0):
    """Give every float weight a value that no initialiser would."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    return model


def equal(first, second, layer="backbone"):
    pairs = zip(first.get_layer(layer).get_weights(), second.get_layer(layer).get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture(scope="module")
def source():
    return shaken(classifier())


@pytest.fixture(scope="module")
def target():
    keras.utils.set_random_seed(1)
    return hybrid.build_hybrid_mobilenetv3small(image_size=40, dim=16, heads=2, units=4)


def test_scratch_changes_nothing(target):
    before = target.get_weights()
    assert initial.load_backbone(target, "scratch") == {"kind": "scratch"}
    assert all(np.array_equal(a, b) for a, b in zip(target.get_weights(), before, strict=True))


@pytest.mark.parametrize("name", ["whole.keras", "weights.npz"])
def test_backbone_and_adapter_carry_over(source, target, tmp_path, name):
    path = tmp_path / name
    if name.endswith(".keras"):
        source.save(path)
    else:
        initial.save_backbone(source, path)
    shaken(target, seed=2)
    projection = target.get_layer("projection").get_weights()[0]
    record = initial.load_backbone(target, str(path))
    assert equal(source, target) and equal(source, target, "adapter")
    np.testing.assert_array_equal(target.get_layer("projection").get_weights()[0], projection)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert record == {"kind": "checkpoint", "file": str(path), "sha256": digest}


def test_a_bare_backbone_and_its_h5_carry_over_without_an_adapter(source, target, tmp_path):
    backbone = source.get_layer("backbone")
    backbone.save(tmp_path / "bare.keras")
    backbone.save_weights(tmp_path / "ours.weights.h5")
    stock = keras.applications.MobileNetV3Small(weights=None, include_top=False, input_shape=(48, 48, 3))
    stock.set_weights(backbone.get_weights())
    stock.save_weights(tmp_path / "stock.weights.h5")
    adapter = target.get_layer("adapter").get_weights()[0]
    for name in ("bare.keras", "ours.weights.h5", "stock.weights.h5"):
        shaken(target.get_layer("backbone"), seed=5)
        initial.load_backbone(target, str(tmp_path / name))
        assert equal(source, target)
        np.testing.assert_array_equal(target.get_layer("adapter").get_weights()[0], adapter)


def test_npz_holds_names_and_no_pickle(source, tmp_path):
    initial.save_backbone(source, tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as archive:
        assert str(archive["family"]) == "mobilenetv3small"
        assert archive["backbone/conv/kernel"].shape == (3, 3, 3, 16)
        assert archive["adapter/kernel"].shape == (1, 1, 1, 3)
        assert len(archive.files) == len(source.get_layer("backbone").weights) + 3
    assert [path.name for path in tmp_path.iterdir()] == ["weights.npz"]


def test_another_kind_of_backbone_is_refused_and_nothing_changes(target, tmp_path):
    build_backbone("resnet18", 32).save(tmp_path / "other.keras")
    before = target.get_weights()
    with pytest.raises(
        UserError, match=r"a mobilenetv3small in .*Received: resnet18 \(first differing layer: conv "
    ) as caught:
        initial.load_backbone(target, str(tmp_path / "other.keras"))
    assert "\n" not in str(caught.value)
    assert all(np.array_equal(a, b) for a, b in zip(target.get_weights(), before, strict=True))


def test_another_shape_is_refused_by_layer(source, target, tmp_path):
    initial.save_backbone(source, tmp_path / "good.npz")
    with np.load(tmp_path / "good.npz") as archive:
        arrays = dict(archive)
    np.savez(tmp_path / "shape.npz", **{**arrays, "backbone/conv_1/kernel": np.zeros((1, 1, 96, 5))})
    del arrays["backbone/conv_bn/gamma"]
    np.savez(tmp_path / "missing.npz", **arrays)
    with pytest.raises(UserError, match=r"first differing layer, conv_1 \(conv_1/kernel \(1, 1, 96, 5\), not"):
        initial.load_backbone(target, str(tmp_path / "shape.npz"))
    with pytest.raises(UserError, match=r"first differing layer, conv_bn \(no conv_bn/gamma\)"):
        initial.load_backbone(target, str(tmp_path / "missing.npz"))


@pytest.mark.parametrize("name", ["a.npz", "a.keras", "a.h5", "a.pth"])
@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_damaged_or_foreign_files_are_refused_in_one_line(target, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match="Expected .* Received: ") as caught:
        initial.load_backbone(target, str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_model_without_backbone_are_refused(target):
    with pytest.raises(UserError, match="Received: 'nowhere.keras'. There is no such file."):
        initial.load_backbone(target, "nowhere.keras")
    with pytest.raises(UserError, match="cnn003, which has no backbone. Received: imagenet"):
        initial.load_backbone(cnn003.build(), "imagenet")
    with pytest.raises(ValueError, match="a layer 'backbone'"):
        initial.save_backbone(cnn003.build(), pathlib.Path("unused.npz"))


def test_imagenet_that_cannot_be_fetched_names_three_ways_on(target, monkeypatch):
    def fail(**_):
        raise Exception("URL fetch failure on https://storage\nNone -- unreachable")

    fail.__name__ = "MobileNetV3Small"
    known = BACKBONES["mobilenetv3small"]
    unreachable = dataclasses.replace(known, imagenet=dataclasses.replace(known.imagenet, application=fail))
    monkeypatch.setitem(BACKBONES, "mobilenetv3small", unreachable)
    with pytest.raises(UserError, match="URL fetch failure") as caught:
        initial.load_backbone(target, "imagenet")
    message = str(caught.value)
    assert "\n" not in message
    assert "keras.applications.MobileNetV3Small(include_top=False)" in message
    for way in (
        "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        "--init PATH",
        "--init scratch",
        "pretrain_backbone",
    ):
        assert way in message


def test_imagenet_efficientnet_answers_as_keras_own(monkeypatch, tmp_path):
    """With weights="imagenet" Keras adds a layer that scales by the deviation: our copy must come to the same."""
    path = tmp_path / "models" / BACKBONES["efficientnetb3"].imagenet.file
    path.parent.mkdir()
    shape = (48, 48, 3)
    file = shaken(keras.applications.EfficientNetB3(weights=None, include_top=False, input_shape=shape))
    mean, variance, _ = file.get_layer(index=2).weights
    mean.assign([0.485, 0.456, 0.406])
    variance.assign(keras_file.DEVIATION)
    file.save(path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", lambda *args, **kwargs: str(path))
    theirs = keras.applications.EfficientNetB3(weights="imagenet", include_top=False, input_shape=shape)
    ours = classifier("efficientnetb3")
    record = initial.load_backbone(ours, "imagenet")
    assert record == {"kind": "imagenet", "file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    loaded = ours.get_layer("backbone").get_weights()
    assert initial.load_backbone(shaken(ours, seed=1), str(path))["kind"] == "checkpoint"
    assert all(np.array_equal(*pair) for pair in zip(ours.get_layer("backbone").get_weights(), loaded, strict=True))
    x = np.random.default_rng(0).uniform(0, 255, (2, *shape)).astype("float32")
    seen = [keras.Model(m.input, m.get_layer("stem_conv_pad").output)(x) for m in (ours.get_layer("backbone"), theirs)]
    np.testing.assert_allclose(*seen, rtol=1e-4, atol=1e-4)
    assert (
        ours.get_layer("backbone").get_layer("top_conv").get_weights()[0].sum()
        == file.layers[-3].get_weights()[0].sum()
    )


def test_attention_between_the_stages_keeps_its_own_weights(tmp_path):
    plain = shaken(resnet34.build_plain(image_size=48))
    initial.save_backbone(plain, tmp_path / "plain.npz")
    attentive = resnet34.build_attention_stages(image_size=48)
    backbone = attentive.get_layer("backbone")
    attention = backbone.get_layer("spatial_attention_stage2").get_weights()
    initial.load_backbone(attentive, str(tmp_path / "plain.npz"))
    for layer in plain.get_layer("backbone").layers:
        for a, b in zip(layer.get_weights(), backbone.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    for a, b in zip(backbone.get_layer("spatial_attention_stage2").get_weights(), attention, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("stem", ["mean", "sum"])
def test_paper_004s_grey_stem_takes_an_rgb_kernel(tmp_path, stem):
    grey = resnet50_cnn.build(stem=stem)
    kernel = grey.get_layer("backbone").get_layer("conv1_conv").get_weights()[0]
    weights = {f"backbone/{k}": v for k, v in named.arrays_of(grey.get_layer("backbone").layers).items()}
    rgb = np.random.default_rng(0).normal(size=(7, 7, 3, 64)).astype("float32")
    np.savez(tmp_path / "rgb.npz", **{**weights, "backbone/conv1_conv/kernel": rgb, "family": np.array("resnet50")})
    initial.load_backbone(grey, str(tmp_path / "rgb.npz"))
    loaded = grey.get_layer("backbone").get_layer("conv1_conv").get_weights()[0]
    assert loaded.shape == kernel.shape == (7, 7, 1, 64)
    np.testing.assert_allclose(loaded[:, :, 0], getattr(rgb, stem)(axis=2), rtol=1e-5)
