"""EfficientNet-Lite0 (github.com/tensorflow/tpu, models/official/efficientnet/lite): B0 without squeeze-and-excitation.

Activations are ReLU6 instead of swish, and stem and head keep their widths whatever the scale. Built here, since
keras.applications has no Lite networks. Without a top it has 3,413,024 parameters, batch-norm statistics included;
without its last convolution as well, 2,998,304.
"""

import re
from typing import NamedTuple

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FastConv2D, FastDepthwiseConv2D, FusedBatchNormalization
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.lite_file import Lite0File


class Stage(NamedTuple):
    """Inverted bottlenecks of one width; the first has the stride, the others a shortcut."""

    expansion: int
    kernel: int
    stride: int
    width: int
    blocks: int


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)
STEM_WIDTH, HEAD_WIDTH = 32, 1280

NORMALISATION = {"mean": (127.0, 127.0, 127.0), "scale": (128.0, 128.0, 128.0)}
"""The pixels that its ImageNet weights expect, almost [-1, 1]: arguments of `Normalise`."""


def build_efficientnet_lite0(
    *, image_size: int = 224, channels: int = 3, head: bool = True, name: str = "backbone"
) -> keras.Model:
    """Return EfficientNet-Lite0 without a top: (B, S, S, channels) normalised pixels to (B, S/32, S/32, 1280).

    Layers are called `stage{1 to 7}_block{1 to 4}_{expand, depthwise or project}_conv`, each followed by its `..._bn`.

    Args:
        image_size: side S of the input, in pixels.
        head: whether the last 1x1 convolution is built; without it the features are the last stage's 320.
        name: the model's name, and the prefix of its variables' paths.
    """
    inputs = keras.Input((image_size, image_size, channels), name="image")
    with keras.name_scope(name):
        x = _activated(_convolution(inputs, STEM_WIDTH, 3, "stem", stride=2), "stem")
        for number, stage in enumerate(STAGES, start=1):
            for block in range(1, stage.blocks + 1):
                x = _block(x, stage, stage.stride if block == 1 else 1, f"stage{number}_block{block}")
        if head:
            x = _activated(_convolution(x, HEAD_WIDTH, 1, "head"), "head")
    return keras.Model(inputs, x, name=name)


def _block(x, stage: Stage, stride: int, name: str):
    """Expand the channels, convolve each on its own, project them down; add the input where the shapes agree."""
    entered, width = x, x.shape[-1]
    if stage.expansion > 1:
        x = _activated(_convolution(x, stage.expansion * width, 1, f"{name}_expand"), f"{name}_expand")
    x = FastDepthwiseConv2D(
        stage.kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=_initializer(),
        name=f"{name}_depthwise_conv",
    )(x)
    x = _activated(_normalised(x, f"{name}_depthwise"), f"{name}_depthwise")
    x = _convolution(x, stage.width, 1, f"{name}_project")
    return layers.Add(name=f"{name}_add")([entered, x]) if stride == 1 and width == stage.width else x


def _convolution(x, width: int, kernel: int, name: str, stride: int = 1):
    x = FastConv2D(
        width,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer=_initializer(),
        name=f"{name}_conv",
    )(x)
    return _normalised(x, name)


def _initializer():
    return keras.initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")


def _normalised(x, name: str):
    return FusedBatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}_bn")(x)


def _activated(x, name: str):
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _backbone(name: str, *, head: bool, deepest: str) -> Backbone:
    def build(image_size: int, channels: int) -> keras.Model:
        return build_efficientnet_lite0(image_size=image_size, channels=channels, head=head)

    return Backbone(
        name=name,
        build=build,
        deepest=deepest,
        imagenet=Lite0File(tuple(stage.blocks for stage in STAGES)),
        normalisation=NORMALISATION,
        residual_norm=re.compile(r"(stage\d_block\d)_project_bn"),
    )


LITE0 = _backbone("efficientnetlite0", head=True, deepest="head_conv")

LITE0_320 = _backbone("efficientnetlite0_320", head=False, deepest="stage7_block1_project_conv")
"""Without the last convolution, which has an eighth of the parameters: for networks of at most three million."""
