"""ResNet-50 in torchvision's layout: the stride of a stage stands in its first 3x3 convolution ("v1.5"), not in the 1x1.

keras.applications' ResNet50 has it in the 1x1, as He et al. 2015, and biases in its convolutions, so torchvision's
ImageNet weights fit this network only. Without a top it has 23,561,152 parameters, batch-norm statistics included.
"""

import re

import keras
from keras import layers

from fer_keras.layers.normalise import TORCHVISION
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.backbones.basic_resnet import WIDTHS, convolution, stem
from fer_keras.models.weights.torchvision_file import TorchvisionFile

BLOCKS = (3, 4, 6, 3)
"""Bottleneck blocks in each of the four stages."""

EXPANSION = 4
"""Channels of a block's output, in widths of its 3x3 convolution."""


def build_torchvision_resnet50(*, image_size: int = 224, channels: int = 3, name: str = "backbone") -> keras.Model:
    """Return ResNet-50 without a top: (B, S, S, channels) normalised pixels to (B, S/32, S/32, 2048).

    Layers are called as in keras.applications: `conv{stage + 1}_block{block}_{1, 2 or 3}_conv`, and `..._0_conv` for the
    projection that opens every stage.

    Args:
        image_size: side S of the input, in pixels.
        name: the model's name, and the prefix of its variables' paths.
    """
    inputs = keras.Input((image_size, image_size, channels), name="image")
    with keras.name_scope(name):
        x = stem(inputs)
        for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS, strict=True), start=1):
            for block in range(1, blocks + 1):
                stride = 2 if block == 1 and stage > 1 else 1
                x = _block(x, width, stride, projected=block == 1, name=f"conv{stage + 1}_block{block}")
    return keras.Model(inputs, x, name=name)


def _block(x, width: int, stride: int, projected: bool, name: str):
    """1x1, 3x3 with the stride, 1x1 to four times the width, and the shortcut, which is the input where shapes agree."""
    shortcut = convolution(x, EXPANSION * width, 1, stride, name=f"{name}_0") if projected else x
    x = layers.ReLU(name=f"{name}_1_relu")(convolution(x, width, 1, 1, name=f"{name}_1"))
    x = layers.ReLU(name=f"{name}_2_relu")(convolution(x, width, 3, stride, name=f"{name}_2"))
    x = convolution(x, EXPANSION * width, 1, 1, name=f"{name}_3")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.ReLU(name=f"{name}_3_relu")(x)


def _build(image_size: int, channels: int) -> keras.Model:
    return build_torchvision_resnet50(image_size=image_size, channels=channels)


TORCHVISION_RESNET50 = Backbone(
    name="resnet50_torchvision",
    build=_build,
    deepest="conv5_block3_3_relu",  # its convolutions bear the names of keras.applications' ResNet50
    imagenet=TorchvisionFile("resnet50"),
    normalisation=TORCHVISION,
    residual_norm=re.compile(r"(conv\d_block\d)_[123]_bn"),
)
