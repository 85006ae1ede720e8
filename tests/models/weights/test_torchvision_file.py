"""torchvision's weights: names, shapes, numbers against a forward pass written apart, files that do not fit."""

import json

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models.backbones.basic_resnet import BLOCKS, build_basic_resnet
from fer_keras.models.weights import torch_state, torchvision_file
from fer_keras.models.weights.torchvision_file import TorchvisionFile, torch_name

SIDE = 45
FILES = {depth: TorchvisionFile(f"resnet{depth}") for depth in BLOCKS}


def norm_shapes(name, width):
    return {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}


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


def random_tensors(depth):
    """Values that keep activations near one through the depth, with statistics far from the initial 0 and 1."""
    rng = np.random.default_rng(depth)
    tensors = {}
    for name, shape in torchvision_shapes(depth).items():
        if name.endswith("num_batches_tracked"):
            tensors[name] = np.array(7, "int64")
        elif len(shape) == 4:
            tensors[name] = rng.standard_normal(shape, dtype="float32") * np.float32(np.sqrt(2 / np.prod(shape[1:])))
        elif name.endswith("running_var") or name.endswith(".weight"):
            tensors[name] = rng.uniform(0.5, 1.5, shape).astype("float32")
        else:
            tensors[name] = rng.normal(0, 0.2, shape).astype("float32")
    return tensors


def write_safetensors(path, tensors):
    header, parts, position = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        code = {"float32": "F32", "int64": "I64", "float16": "F16"}[tensor.dtype.name]
        header[name] = {
            "dtype": code,
            "shape": list(tensor.shape),
            "data_offsets": [position, position + tensor.nbytes],
        }
        position += tensor.nbytes
        parts.append(tensor.tobytes())
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))
    return path


def convolve(x, kernel, stride, padding):
    """x (N, C, H, W), kernel (O, C, h, w): PyTorch's conv2d in NumPy."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.tensordot(windows, kernel, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)


def forward(tensors, depth, x):
    """torchvision's forward pass up to the last stage, channels first, by tensor name."""

    def normalise(x, name):
        gamma, beta, mean, variance = (
            tensors[f"{name}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta

    x = np.maximum(normalise(convolve(x, tensors["conv1.weight"], 2, 3), "bn1"), 0)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    x = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2].max(axis=(4, 5))
    for stage, blocks in enumerate(BLOCKS[depth], start=1):
        for block in range(blocks):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = np.maximum(normalise(convolve(x, tensors[f"{name}.conv1.weight"], stride, 1), f"{name}.bn1"), 0)
            y = normalise(convolve(y, tensors[f"{name}.conv2.weight"], 1, 1), f"{name}.bn2")
            if f"{name}.downsample.0.weight" in tensors:
                x = normalise(convolve(x, tensors[f"{name}.downsample.0.weight"], stride, 0), f"{name}.downsample.1")
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
    tensors = random_tensors(depth)
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
    tensors = random_tensors(18)
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
    write_safetensors(tmp_path / "resnet18", random_tensors(18))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(torchvision_file, "HUB", tmp_path.as_uri() + "/{name}")
    path = FILES[18].fetch(backbones[18])
    np.testing.assert_array_equal(backbones[18].get_layer("conv1_bn").gamma, random_tensors(18)["bn1.weight"])
    assert path == tmp_path / "models" / "resnet18.tv_in1k.safetensors" and path.is_file()
