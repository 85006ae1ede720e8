"""torchvision's weights: names, shapes, numbers against a forward pass written apart, files that do not fit."""

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models.backbones.basic_resnet import BLOCKS, build_basic_resnet
from fer_keras.models.weights import torch_state, torchvision_file
from fer_keras.models.weights.torchvision_file import TorchvisionFile, torch_name
from tests.torchvision_twins import convolve, norm_shapes, normalise, pooled, random_tensors, write_safetensors

SIDE = 45
FILES = {depth: TorchvisionFile(f"resnet{depth}") for depth in BLOCKS}


def torchvision_shapes(depth):
    """{tensor name: shape} of torchvision's state dict, from its published structure, top and counters included."""
    shapes = {"conv1.weight": (64, 3, 7, 7), **norm_shapes("bn1", 64), "bn1.num_batches_tracked": ()}
    before = 64
    for stage, blocks in enumerate(BLOCKS[depth], start=1):
        width = 32 * 2**stage
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            shapes |= {f"{name}.conv1.weight": (width, before, 3, 3), **norm_shapes(f"{name}.bn1", width)}
            shapes |= {f"{name}.conv2.weight": (width, width, 3, 3), **norm_shapes(f"{name}.bn2", width)}
            if before != width:
                shapes |= {
                    f"{name}.downsample.0.weight": (width, before, 1, 1),
                    **norm_shapes(f"{name}.downsample.1", width),
                }
            before = width
    return shapes | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


def forward(tensors, depth, x):
    """torchvision's forward pass up to the last stage, channels first, by tensor name."""
    x = pooled(np.maximum(normalise(tensors, convolve(x, tensors["conv1.weight"], 2, 3), "bn1"), 0))
    for stage, blocks in enumerate(BLOCKS[depth], start=1):
        for block in range(blocks):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = np.maximum(
                normalise(tensors, convolve(x, tensors[f"{name}.conv1.weight"], stride, 1), f"{name}.bn1"), 0
            )
            y = normalise(tensors, convolve(y, tensors[f"{name}.conv2.weight"], 1, 1), f"{name}.bn2")
            if f"{name}.downsample.0.weight" in tensors:
                x = normalise(
                    tensors, convolve(x, tensors[f"{name}.downsample.0.weight"], stride, 0), f"{name}.downsample.1"
                )
            x = np.maximum(x + y, 0)
    return x


@pytest.fixture(scope="module")
def backbones():
    return {depth: build_basic_resnet(depth, image_size=SIDE) for depth in BLOCKS}


@pytest.mark.parametrize("depth", BLOCKS)
def test_every_weight_has_its_torchvision_name_and_shape(backbones, depth):
    table = torch_state.tensors_of(backbones[depth], torch_name)
    loaded = {
        name: shape
        for name, shape in torchvision_shapes(depth).items()
        if not torchvision_file.NOT_LOADED.fullmatch(name)
    }
    ours = {
        name: tuple(variable.shape[i] for i in (3, 2, 0, 1)) if len(variable.shape) == 4 else tuple(variable.shape)
        for name, variable in table.items()
    }
    assert ours == loaded
    assert {id(variable) for variable in table.values()} == {id(variable) for variable in backbones[depth].weights}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("conv1_conv", "conv1"),
        ("conv1_bn", "bn1"),
        ("conv2_block3_1_conv", "layer1.2.conv1"),
        ("conv5_block2_2_bn", "layer4.1.bn2"),
        ("conv3_block1_0_conv", "layer2.0.downsample.0"),
        ("conv3_block1_0_bn", "layer2.0.downsample.1"),
        ("conv3_block1_add", None),
        ("channel_attention_stage1", None),
    ],
)
def test_names_by_hand(ours, theirs):
    assert torch_name(ours) == theirs


@pytest.mark.parametrize("depth", BLOCKS)
def test_a_loaded_backbone_computes_what_torchvision_would(backbones, depth, tmp_path):
    tensors = random_tensors(torchvision_shapes(depth), depth)
    FILES[depth].load(backbones[depth], write_safetensors(tmp_path / "model.safetensors", tensors))
    images = np.random.default_rng(1).normal(size=(2, SIDE, SIDE, 3)).astype("float32")
    expected = forward(tensors, depth, images.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    found = np.asarray(backbones[depth](images))
    assert found.shape == expected.shape == (2, 2, 2, 512)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * expected.std())


def test_attention_inside_the_backbone_keeps_its_weights(tmp_path):
    def attention(x, stage):
        return keras.layers.Dense(x.shape[-1], kernel_initializer="identity", name=f"gate_stage{stage}")(x)

    backbone = build_basic_resnet(18, image_size=SIDE, attention=attention)
    tensors = random_tensors(torchvision_shapes(18), 18)
    FILES[18].load(backbone, write_safetensors(tmp_path / "model.safetensors", tensors))
    np.testing.assert_array_equal(backbone.get_layer("gate_stage2").kernel, np.eye(128))
    np.testing.assert_array_equal(backbone.get_layer("conv1_bn").moving_variance, tensors["bn1.running_var"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bn1.bias": None}, "tensor bn1.bias"),
        ({"layer1.0.conv3.weight": np.zeros((1, 1, 1, 1), "float32")}, "layer1.0.conv3.weight among them"),
        ({"layer2.0.bn1.bias": np.zeros(64, "float32")}, r"layer2.0.bn1.bias of shape \(128,\)"),
    ],
)
def test_weights_of_another_network_change_nothing(backbones, tmp_path, change, reason):
    tensors = {name: np.full(shape, 3, "float32") for name, shape in torchvision_shapes(18).items()}
    tensors = {name: tensor for name, tensor in (tensors | change).items() if tensor is not None}
    before = backbones[18].get_layer("conv1_conv").kernel.numpy()
    with pytest.raises(UserError, match=reason):
        FILES[18].load(backbones[18], write_safetensors(tmp_path / "x.safetensors", tensors))
    np.testing.assert_array_equal(backbones[18].get_layer("conv1_conv").kernel, before)


def test_no_network_names_the_three_ways_on(backbones, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(torchvision_file, "HUB", (tmp_path / "absent").as_uri() + "/{name}")
    with pytest.raises(UserError, match=r"copy it to .*resnet18.*--init PATH.*--init scratch") as caught:
        FILES[18].fetch(backbones[18])
    assert "\n" not in str(caught.value)


def test_fetched_weights_are_loaded(backbones, tmp_path, monkeypatch):
    write_safetensors(tmp_path / "resnet18", random_tensors(torchvision_shapes(18), 18))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(torchvision_file, "HUB", tmp_path.as_uri() + "/{name}")
    path = FILES[18].fetch(backbones[18])
    np.testing.assert_array_equal(
        backbones[18].get_layer("conv1_bn").gamma, random_tensors(torchvision_shapes(18), 18)["bn1.weight"]
    )
    assert path == tmp_path / "models" / "resnet18.tv_in1k.safetensors" and path.is_file()
