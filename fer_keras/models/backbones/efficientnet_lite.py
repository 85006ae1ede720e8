"""EfficientNet-Lite0, 1 and 2 (github.com/tensorflow/tpu, models/official/efficientnet/lite).

They are EfficientNets without squeeze-and-excitation, with ReLU6 instead of swish; stem and head keep their widths
whatever the scale, and the first and the last stage their one block. Built here, since keras.applications has none.
Without a top, batch-norm statistics included, and without their last convolution as well, they have

    Lite0   3,413,024   2,998,304 parameters
    Lite1   4,189,344   3,774,624
    Lite2   4,869,168   4,413,488
"""

import math
import re
from typing import NamedTuple

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FastConv2D, FastDepthwiseConv2D, FusedBatchNormalization
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.lite_file import LiteFile


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
"""Of Lite0."""
STEM_WIDTH, HEAD_WIDTH = 32, 1280

SCALES = {0: (1.0, 1.0), 1: (1.0, 1.1), 2: (1.1, 1.2)}
"""{number: (width, depth) in those of Lite0}."""

NORMALISATION = {"mean": (127.0, 127.0, 127.0), "scale": (128.0, 128.0, 128.0)}
"""The pixels that their ImageNet weights expect, almost [-1, 1]: arguments of `Normalise`."""


def stages(number: int) -> tuple[Stage, ...]:
    """Return the stages of Lite`number`: widths scaled to a multiple of 8, numbers of blocks rounded up.

    The first and the last stage are not deepened. Raises ValueError for a number that SCALES has not.
    """
    if number not in SCALES:
        raise ValueError(f"Expected a number in {tuple(SCALES)}. Received: {number}")
    width, depth = SCALES[number]
    scaled = [stage._replace(width=_multiple_of_8(width * stage.width)) for stage in STAGES]
    inner = [stage._replace(blocks=math.ceil(depth * stage.blocks)) for stage in scaled[1:-1]]
    return (scaled[0], *inner, scaled[-1])


def _multiple_of_8(width: float) -> int:
    """Return the nearest multiple of 8, or the next one where that were less than 90 % of `width`."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


def build_efficientnet_lite(
    number: int, *, image_size: int = 224, channels: int = 3, head: bool = True, name: str = "backbone"
) -> keras.Model:
    """Return EfficientNet-Lite`number` without a top: (B, S, S, channels) normalised pixels to (B, S/32, S/32, 1280).

    Layers are called `stage{1 to 7}_block{1 to 5}_{expand, depthwise or project}_conv`, each followed by its `..._bn`.

    Args:
        number: of SCALES.
        image_size: side S of the input, in pixels.
        head: whether the last 1x1 convolution is built; without it the features are the last stage's 320 or 352.
        name: the model's name, and the prefix of its variables' paths.

    Raises ValueError for another number.
    """
    inputs = keras.Input((image_size, image_size, channels), name="image")
    with keras.name_scope(name):
        x = _activated(_convolution(inputs, STEM_WIDTH, 3, "stem", stride=2), "stem")
        for position, stage in enumerate(stages(number), start=1):
            for block in range(1, stage.blocks + 1):
                x = _block(x, stage, stage.stride if block == 1 else 1, f"stage{position}_block{block}")
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


def _backbone(number: int, *, head: bool) -> Backbone:
    def build(image_size: int, channels: int) -> keras.Model:
        return build_efficientnet_lite(number, image_size=image_size, channels=channels, head=head)

    return Backbone(
        name=f"efficientnetlite{number}" + ("" if head else "_320"),
        build=build,
        deepest="head_conv" if head else "stage7_block1_project_conv",
        imagenet=LiteFile(number, tuple(stage.blocks for stage in stages(number))),
        normalisation=NORMALISATION,
        residual_norm=re.compile(r"(stage\d_block\d)_project_bn"),
        marks=_marks(stages(number)),
    )


def _marks(of: tuple[Stage, ...]) -> dict[str, int]:
    """Tell the members apart, which share their layers' names: Lite0 is less deep, Lite2 wider."""
    return {
        "stage2_block3_project_conv": of[1].width if of[1].blocks > 2 else 0,
        "stage7_block1_project_conv": of[6].width,
    }


LITE0, LITE1, LITE2 = (_backbone(number, head=True) for number in SCALES)

LITE0_320, LITE1_320, LITE2_320 = (_backbone(number, head=False) for number in SCALES)
"""Without the last convolution, which has an eighth of the parameters. Lite2's last stage has 352 channels, not 320."""
