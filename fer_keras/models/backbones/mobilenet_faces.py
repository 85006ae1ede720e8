"""MobileNet v1 (Howard et al. 2017, width 1.0) that starts from recognising faces instead of from ImageNet.

The weights are those of "HSE FaceRes" (github.com/av-savchenko/HSE_FaceRec_tf), which gives age, gender and features of
the identity. Its authors trained such networks to tell people apart, on VGGFace2, then for age and gender; which of
theirs the package holds, it does not say. Layers bear the names of the graph, which are those of keras.applications'
MobileNet; padding is TensorFlow's "same".
"""

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FastConv2D, FastDepthwiseConv2D, FusedBatchNormalization
from fer_keras.layers.normalise import CAFFE
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.faceres_file import FaceresFile

STEM_WIDTH = 32
BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *((512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)),
)
"""(width, stride) of the blocks 1 to 13."""


def build_mobilenet(
    *, image_size: int = 224, channels: int = 3, blocks: int = len(BLOCKS), name: str = "backbone"
) -> keras.Model:
    """Return MobileNet v1 up to a block: (B, S, S, channels) normalised pixels to (B, S/32, S/32, 1024).

    Layers are called `conv1`, and `conv_dw_{1 to 13}` and `conv_pw_{1 to 13}`, each followed by its `..._bn` and
    `..._relu`. Up to block 11 the features are (B, S/16, S/16, 512).

    Args:
        image_size: side S of the input, in pixels.
        blocks: how many are built.
        name: the model's name, and the prefix of its variables' paths.

    Raises ValueError for a number of blocks that there is not.
    """
    if not 1 <= blocks <= len(BLOCKS):
        raise ValueError(f"Expected 1 to {len(BLOCKS)} blocks. Received: {blocks}")
    inputs = keras.Input((image_size, image_size, channels), name="image")
    with keras.name_scope(name):
        x = _finished(_convolution(STEM_WIDTH, 3, 2, "conv1")(inputs), "conv1")
        for number, (width, stride) in enumerate(BLOCKS[:blocks], start=1):
            x = _finished(_depthwise(stride, f"conv_dw_{number}")(x), f"conv_dw_{number}")
            x = _finished(_convolution(width, 1, 1, f"conv_pw_{number}")(x), f"conv_pw_{number}")
    return keras.Model(inputs, x, name=name)


def _convolution(width: int, kernel: int, stride: int, name: str):
    return FastConv2D(
        width,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer=_initializer(),
        name=name,
    )


def _depthwise(stride: int, name: str):
    return FastDepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, depthwise_initializer=_initializer(), name=name
    )


def _initializer():
    return keras.initializers.VarianceScaling(2.0, "fan_out", "truncated_normal")


def _finished(x, name: str):
    """Batch norm and ReLU6."""
    x = FusedBatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _backbone(name: str, blocks: int) -> Backbone:
    def build(image_size: int, channels: int) -> keras.Model:
        return build_mobilenet(image_size=image_size, channels=channels, blocks=blocks)

    return Backbone(
        name=name,
        build=build,
        deepest=f"conv_pw_{blocks}",
        imagenet=FaceresFile(),
        start="faces",
        normalisation=CAFFE,
    )


MOBILENET_FACES = _backbone("mobilenet_faces", 13)
"""The pixels are its authors' (BGR minus ImageNet's mean); the package that holds the weights feeds RGB 0..255 as is."""

MOBILENET_FACES_12 = _backbone("mobilenet_faces_12", 12)
"""Without the last block, which has a third of the parameters."""

MOBILENET_FACES_512 = _backbone("mobilenet_faces_512", 11)
"""Without the two blocks of 1024 channels: output stride 16."""
