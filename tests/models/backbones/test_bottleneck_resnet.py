"""torchvision's ResNet-50: its size, its strides, its weights against a forward pass written apart."""

import numpy as np
import pytest

from fer_keras.models.backbones import family
from fer_keras.models.backbones.bottleneck_resnet import BLOCKS, build_torchvision_resnet50
from fer_keras.models.weights import torch_state
from fer_keras.models.weights.torchvision_file import NOT_LOADED, TorchvisionFile, torch_name
from tests.torchvision_twins import convolve, norm_shapes, normalise, pooled, random_tensors, write_safetensors

pytestmark = pytest.mark.slow

SIDE = 40


@pytest.fixture(scope="module")
def backbone():
    return build_torchvision_resnet50(image_size=SIDE)


def torchvision_shapes():
    """{tensor name: shape} of torchvision's state dict, from its published structure."""
    shapes = {"conv1.weight": (64, 3, 7, 7), **norm_shapes("bn1", 64), "bn1.num_batches_tracked": ()}
    before = 64
    for stage, blocks in enumerate(BLOCKS, start=1):
        width = 32 * 2**stage
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            for part, shape in enumerate(((width, before, 1, 1), (width, width, 3, 3), (4 * width, width, 1, 1)), 1):
                shapes |= {f"{name}.conv{part}.weight": shape, **norm_shapes(f"{name}.bn{part}", shape[0])}
            if block == 0:
                shapes[f"{name}.downsample.0.weight"] = (4 * width, before, 1, 1)
                shapes |= norm_shapes(f"{name}.downsample.1", 4 * width)
            before = 4 * width
    return shapes | {"fc.weight": (1000, 2048), "fc.bias": (1000,)}


def forward(tensors, x):
    """torchvision's forward pass up to the last stage, channels first: the stride in the 3x3 convolution."""
    x = pooled(np.maximum(normalise(tensors, convolve(x, tensors["conv1.weight"], 2, 3), "bn1"), 0))
    for stage, blocks in enumerate(BLOCKS, start=1):
        for block in range(blocks):
            name, stride = f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1
            y = x
            for part, (step, padding) in enumerate(((1, 0), (stride, 1), (1, 0)), start=1):
                y = convolve(y, tensors[f"{name}.conv{part}.weight"], step, padding)
                y = normalise(tensors, y, f"{name}.bn{part}")
                y = np.maximum(y, 0) if part < 3 else y
            if block == 0:
                x = convolve(x, tensors[f"{name}.downsample.0.weight"], stride, 0)
                x = normalise(tensors, x, f"{name}.downsample.1")
            x = np.maximum(x + y, 0)
    return x


def test_parameters_and_strides_are_torchvisions(backbone):
    assert backbone.count_params() == 25_557_032 - 2_049_000 + 2 * 26_560
    strided = [layer.name for layer in backbone.layers if getattr(layer, "strides", (1, 1)) == (2, 2)]
    expected = ["conv1_conv", "pool1_pool", *(f"conv{g}_block1_{i}_conv" for g in (3, 4, 5) for i in (0, 2))]
    assert sorted(strided) == sorted(expected)
    assert family(backbone) == "resnet50_torchvision"


def test_every_weight_has_its_torchvision_name_and_shape(backbone):
    table = torch_state.tensors_of(backbone, torch_name)
    loaded = {name: shape for name, shape in torchvision_shapes().items() if not NOT_LOADED.fullmatch(name)}
    ours = {
        name: tuple(variable.shape[i] for i in (3, 2, 0, 1)) if len(variable.shape) == 4 else tuple(variable.shape)
        for name, variable in table.items()
    }
    assert ours == loaded


def test_loaded_it_computes_what_torchvision_would(backbone, tmp_path):
    tensors = random_tensors(torchvision_shapes(), 50)
    TorchvisionFile("resnet50").load(backbone, write_safetensors(tmp_path / "model.safetensors", tensors))
    images = np.random.default_rng(1).normal(size=(2, SIDE, SIDE, 3)).astype("float32")
    expected = forward(tensors, images.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    found = np.asarray(backbone(images))
    assert found.shape == expected.shape == (2, 2, 2, 2048)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * expected.std())
