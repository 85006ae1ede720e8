"""Paper 000's networks: ResNet-34 with channel and spatial attention (§III-A), and what it is compared with.

Learning rates by group (§III-C) go by the prefix of a variable's path: "backbone/" (attention between the stages stands
outside it), "channel_attention" and "spatial_attention", "classifier".
"""

from collections.abc import Callable

import keras
from keras import layers

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.normalise import TORCHVISION, Normalise
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.sum_channel_attention import SumChannelAttention
from fer_keras.models.backbones.basic_resnet import build_basic_resnet
from fer_keras.models.front import face_input, probabilities_of, resized, tripled

RATIO = 16
"""Reduction of the channel attention (§III-A)."""


def build_plain(**arguments) -> keras.Model:
    """ResNet-34 without attention, the paper's baseline. Arguments: those of `_build` but `between` and `after`."""
    return _build("resnet34", **arguments)


def build_attention(**arguments) -> keras.Model:
    """The paper's system: its channel attention, then spatial attention, after the last stage (assumed)."""
    return _build("resnet34_attention", after=_summed, **arguments)


def build_attention_stages(**arguments) -> keras.Model:
    """The same attention after each of the four stages, inside the backbone."""
    return _build("resnet34_attention_stages", between=_summed, **arguments)


def build_cbam(**arguments) -> keras.Model:
    """Standard CBAM (Woo et al. 2018) after the last stage: channel attention of two passes, then spatial attention."""
    return _build("resnet34_cbam", after=_cbam, **arguments)


def _summed(x, stage: int):
    x = SumChannelAttention(RATIO, name=f"channel_attention_stage{stage}")(x)
    return SpatialAttention(7, use_bias=False, name=f"spatial_attention_stage{stage}")(x)


def _cbam(x, stage: int):
    x = CBAMChannelAttention(RATIO, name=f"channel_attention_stage{stage}")(x)
    return SpatialAttention(7, use_bias=False, name=f"spatial_attention_stage{stage}")(x)


def _build(
    name: str,
    *,
    image_size: int = 224,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.3,
    between: Callable | None = None,
    after: Callable | None = None,
) -> keras.Model:
    """Return ResNet-34, attention, global average pooling and the classifier 512 -> 256 -> classes (§III-A).

    Args:
        image_size: side in pixels that the backbone sees; the paper leaves it open, 224 is assumed.
        channels: 1 is tripled (§III-C), 3 is taken as RGB (phase 1, AffectNet).
        dropout: rate between the two dense layers.
        between, after: attention(features, stage) after each stage, and after the backbone.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels; resized bilinearly (torchvision's
    `Resize`) and normalised with ImageNet's mean and deviation, both assumed.
    Output "probabilities": float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = tripled(resized(x, image_size))
    x = Normalise(**TORCHVISION, dtype="float32", name="normalise")(x)
    x = build_basic_resnet(34, image_size=image_size, attention=between)(x)
    if after is not None:
        x = after(x, 4)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dense(256, activation="relu", name="classifier_hidden")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)
