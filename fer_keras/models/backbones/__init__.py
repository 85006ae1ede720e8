"""Backbones without their top, the input each expects, and the way from a raw face to it."""

import collections
import re

import keras
from keras import layers

from fer_keras.io.errors import expected
from fer_keras.layers.cpu_kernels.fast_conv import FastConv2D
from fer_keras.layers.cpu_kernels.fast_depthwise import FastDepthwiseConv2D
from fer_keras.layers.cpu_kernels.fused_batch_norm import FusedBatchNormalization
from fer_keras.layers.normalise import CAFFE, TORCHVISION, UNIT_RANGE, Normalise
from fer_keras.layers.resize import Resize
from fer_keras.models.backbones import efficientnet_lite0
from fer_keras.models.backbones.basic_resnet import build_basic_resnet
from fer_keras.models.front import face_input

APPLICATIONS = {
    "resnet50": keras.applications.ResNet50,
    "efficientnetb3": keras.applications.EfficientNetB3,
    "xception": keras.applications.Xception,
    "mobilenetv3small": keras.applications.MobileNetV3Small,
}
"""The backbones that keras.applications has, with its ImageNet weights."""

DEPTHS = {"resnet18": 18, "resnet34": 34}
"""The backbones of our own, which take torchvision's weights."""

LITE0 = {"efficientnetlite0": True, "efficientnetlite0_320": False}
"""{name: whether EfficientNet-Lite0 has its last convolution}."""

BACKBONES = (*APPLICATIONS, *DEPTHS, *LITE0)
"""The closed list of names that `build_backbone` takes."""

NORMALISATION = {
    "resnet50": CAFFE,
    "efficientnetb3": None,
    "xception": UNIT_RANGE,
    "mobilenetv3small": None,
    "resnet18": TORCHVISION,
    "resnet34": TORCHVISION,
    "efficientnetlite0": efficientnet_lite0.NORMALISATION,
    "efficientnetlite0_320": efficientnet_lite0.NORMALISATION,
}
"""{name: arguments of `Normalise`, or None where the backbone holds its own normalisation and takes 0..255}."""

MIN_SIZE = {name: 71 if name == "xception" else 32 for name in BACKBONES}
"""{name: the smallest side of an input image in pixels, as keras.applications has it}."""

DEEPEST = {
    "resnet50": "conv5_block3_3_conv",
    "efficientnetb3": "block7b_project_conv",
    "xception": "block14_sepconv2",
    "mobilenetv3small": "expanded_conv_10_project",
    "resnet34": "conv5_block3_2_conv",
    "resnet18": "conv5_block2_2_conv",
    "efficientnetlite0": "head_conv",
    "efficientnetlite0_320": "stage7_block1_project_conv",
}
"""{name: a layer by which `family` knows it}, the first hit decides: ResNet50 holds the last two names too."""

FAST_LAYERS = {
    layers.BatchNormalization: FusedBatchNormalization,
    layers.Conv2D: FastConv2D,
    layers.DepthwiseConv2D: FastDepthwiseConv2D,
}
"""{a layer of Keras: the suite's, which computes the same in less time}."""

AUTOMATIC = ("add", "activation", "batch_normalization", "conv2d", "multiply", "normalization", "re_lu", "rescaling")
AUTOMATIC_NAME = re.compile(rf"({'|'.join(AUTOMATIC)})(_\d+)?")
"""Names that Keras numbers through the whole process, so that a second copy of a network gets others."""


def build_backbone(name: str, image_size: int, channels: int = 3) -> keras.Model:
    """Return the backbone as a functional model called "backbone", randomly initialised.

    Its layers are those of FAST_LAYERS where there is one; names, order and number of the layers and of the weights are those of
    keras.applications (ResNet50: 175 layers, on which Paper 003's unfreezing indices count).

    Args:
        name: one of BACKBONES.
        image_size: side of the square input in pixels, at least MIN_SIZE[name].
        channels: of the input; ImageNet weights need 3.

    Input: float (B, image_size, image_size, channels). Output: the last feature map (B, h, w, C).
    Raises ValueError for an unknown name, UserError for too small an image.
    """
    if name not in BACKBONES:
        raise ValueError(f"Expected a backbone in {BACKBONES}. Received: {name!r}")
    if image_size < MIN_SIZE[name]:
        raise expected(f"an image size of at least {MIN_SIZE[name]} for {name}", image_size)
    if name in DEPTHS:
        return build_basic_resnet(DEPTHS[name], image_size=image_size, channels=channels)
    if name in LITE0:
        return efficientnet_lite0.build_efficientnet_lite0(image_size=image_size, channels=channels, head=LITE0[name])
    shape = (image_size, image_size, channels)
    stock = APPLICATIONS[name](weights=None, include_top=False, input_shape=shape, name="backbone")
    return with_fast_layers(stock)


def with_fast_layers(model: keras.Model) -> keras.Model:
    """Return a copy with fresh weights and the layers of FAST_LAYERS; automatic names count from its own first layer.

    The paths of its variables start with its name ("backbone/conv1_conv/kernel").
    """
    names = own_names(model)

    def copy(operation):
        kind = FAST_LAYERS.get(type(operation), type(operation))
        return kind.from_config({**operation.get_config(), "name": names[operation]})

    image = keras.Input(batch_shape=model.input.shape, dtype=model.input.dtype, name="input_layer")
    with keras.name_scope(model.name):
        return keras.models.clone_model(model, input_tensors=image, clone_function=copy)


def own_names(model: keras.Model) -> dict:
    """Return {layer or operation: its name}, where automatic names count from the model's own first ("conv2d_3")."""
    seen = collections.Counter()
    names = {}
    for operation in model.operations:
        match = AUTOMATIC_NAME.fullmatch(operation.name)
        kind = match[1] if match else None
        names[operation] = operation.name if kind is None else f"{kind}_{seen[kind]}".removesuffix("_0")
        seen[kind] += 1
    return names


def family(backbone: keras.Model) -> str | None:
    """Return which of BACKBONES a model is, judged by its layers' names, or None for a stranger."""
    present = {layer.name for layer in backbone.layers}
    return next((name for name, deepest in DEEPEST.items() if deepest in present), None)


def stem(name: str, *, image_size: int, input_size: int, channels: int):
    """Return (face, features): the input (B, input_size, input_size, channels) and what backbone `name` makes of it.

    Raw uint8 pixels are upsampled bicubically to image_size (Paper 003, §4.1), in float32 whatever the dtype policy.
    A learnable 1x1 convolution "adapter" makes grey into three channels (§4.1); it starts as a plain copy (kernel 1,
    bias 0), on which the paper is silent. Then follow the backbone's own normalisation and the backbone.
    Raises what `build_backbone` raises.
    """
    backbone = build_backbone(name, image_size)
    face, x = face_input(input_size, channels)
    if image_size != input_size:
        x = Resize(image_size, "bicubic", dtype="float32", name="upsample")(x)
    if channels == 1:
        x = layers.Conv2D(3, 1, kernel_initializer="ones", dtype="float32", name="adapter")(x)
    if NORMALISATION[name] is not None:
        x = Normalise(**NORMALISATION[name], dtype="float32", name="normalise")(x)
    return face, backbone(x)
