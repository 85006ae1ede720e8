"""ResNet-18 and ResNet-34 (He et al. 2015, Table 1) in torchvision's layout, so that its ImageNet weights fit.

Our own, because keras.applications has neither, and keras-hub, which can build both, has no ResNet-34 preset and
brings tensorflow-text along (194 MB). Without a top they have 11,186,112 and 21,301,696 parameters, batch-norm
statistics included.
"""

import re
from collections.abc import Callable

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FastConv2D, FusedBatchNormalization
from fer_keras.layers.normalise import TORCHVISION
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.torchvision_file import TorchvisionFile

BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
"""{depth: basic blocks in each of the four stages}."""

WIDTHS = (64, 128, 256, 512)
"""Channels of the four stages."""

EPSILON = 1.001e-5
"""torchvision's is 1e-5; the fused kernel takes no less than this, and keras.applications uses it too."""


def build_basic_resnet(
    depth: int,
    *,
    image_size: int = 224,
    channels: int = 3,
    attention: Callable | None = None,
    name: str = "backbone",
) -> keras.Model:
    """Return a ResNet of basic blocks without a top: (B, S, S, channels) normalised pixels to (B, S/32, S/32, 512).

    Layers are called as in keras.applications: `conv1_conv`, `conv{stage + 1}_block{block}_{1 or 2}_conv`, and
    `..._0_conv` for the projection that opens stages 2 to 4 (stage 1 and every stride-1 block have none).

    Args:
        depth: 18 or 34.
        image_size: side S of the input, in pixels.
        attention: called as `attention(features, stage)` after each stage, 1 to 4; it returns features of the same
            shape. Its layers belong to the model, but the paths of their variables do not start with `name`.
        name: the model's name, and the prefix of the ResNet's own variable paths ("backbone/conv1_conv/kernel").

    Raises ValueError for another depth.
    """
    if depth not in BLOCKS:
        raise ValueError(f"Expected a depth in {tuple(BLOCKS)}. Received: {depth}")
    inputs = keras.Input((image_size, image_size, channels), name="image")
    with keras.name_scope(name):
        x = stem(inputs)
    for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS[depth], strict=True), start=1):
        with keras.name_scope(name):
            x = _stage(x, width, blocks, stride=1 if stage == 1 else 2, name=f"conv{stage + 1}")
        if attention is not None:
            x = attention(x, stage)
    return keras.Model(inputs, x, name=name)


def stem(x):
    """Return (B, S, S, C) as (B, S/4, S/4, 64): a 7x7 convolution and a max pooling, each of stride 2."""
    x = convolution(x, WIDTHS[0], 7, stride=2, name="conv1")
    x = layers.ReLU(name="conv1_relu")(x)
    # Zeros instead of PyTorch's minus infinity: the same after a ReLU.
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _stage(x, width: int, blocks: int, stride: int, name: str):
    for block in range(1, blocks + 1):
        x = _basic_block(x, width, stride if block == 1 else 1, name=f"{name}_block{block}")
    return x


def _basic_block(x, width: int, stride: int, name: str):
    """Two 3×3 convolutions and the shortcut, which is the input itself wherever the shapes agree."""
    shortcut = x
    if stride != 1:
        shortcut = convolution(x, width, 1, stride, name=f"{name}_0")
    x = convolution(x, width, 3, stride, name=f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = convolution(x, width, 3, 1, name=f"{name}_2")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.ReLU(name=f"{name}_out")(x)


def convolution(x, width: int, kernel: int, stride: int, name: str):
    """Convolution without bias, then batch norm; padded by kernel // 2 on every side, as PyTorch does.

    Keras's "same" pads a strided convolution on the right and bottom only, so there the padding is a layer.
    """
    if stride != 1 and kernel != 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")(x)
    x = FastConv2D(
        width,
        kernel,
        strides=stride,
        padding="same" if stride == 1 else "valid",
        use_bias=False,
        kernel_initializer=keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal"),
        name=f"{name}_conv",
    )(x)
    return FusedBatchNormalization(momentum=0.9, epsilon=EPSILON, name=f"{name}_bn")(x)


def _backbone(depth: int) -> Backbone:
    def build(image_size: int, channels: int) -> keras.Model:
        return build_basic_resnet(depth, image_size=image_size, channels=channels)

    return Backbone(
        name=f"resnet{depth}",
        build=build,
        deepest=f"conv5_block{BLOCKS[depth][-1]}_2_conv",
        imagenet=TorchvisionFile(f"resnet{depth}"),
        normalisation=TORCHVISION,
        residual_norm=re.compile(r"(conv\d_block\d)_[12]_bn"),
    )


RESNET18, RESNET34 = _backbone(18), _backbone(34)
