"""Paper 001's pretrained networks (§III-D): ResNet-50 with a new output layer, without and with CBAM."""

import keras
from keras import layers

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.models.backbones import build_backbone
from fer_keras.models.front import face_input, probabilities_of, resized, tripled

RATIO = 16
"""Reduction of the channel attention: CBAM's own default, assumed."""


def build_plain(**arguments) -> keras.Model:
    """ResNet-50 with its final layer replaced, "fine-tuned on FER-2013". Arguments: those of `_build`, by name."""
    return _build("resnet50", attention=False, **arguments)


def build_cbam(**arguments) -> keras.Model:
    """ResNet-50 with CBAM "after the final convolutional stage": channel attention, then spatial (Fig. III.4)."""
    return _build("resnet50_cbam", attention=True, **arguments)


def _build(
    name: str,
    *,
    attention: bool,
    backbone: str = "resnet50",
    image_size: int = 224,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.0,
) -> keras.Model:
    """Return ResNet-50, CBAM where asked, global average pooling and one dense layer.

    Args:
        backbone: "resnet50" (keras.applications') or "resnet50_torchvision" (the paper's PyTorch has that one).
        image_size: side in pixels that the backbone sees; 224 in the paper (§III-B).
        channels: 1 is replicated to three (§III-B).
        dropout: rate before the dense layer; the paper names none.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels; resized bilinearly (torchvision's `Resize`,
    assumed). For torchvision's they are scaled to [0, 1] as the paper does (§III-B). For keras.applications' they stay in
    0..255, the unit of its weights, though without its mean subtracted: the factor is one that the batch norm behind the
    first convolution takes out, except from its moving statistics, which would need some thousand steps to come round.
    Output "probabilities": float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = tripled(resized(x, image_size))
    if backbone == "resnet50_torchvision":
        x = layers.Rescaling(1 / 255, dtype="float32", name="unit_range")(x)
    x = build_backbone(backbone, image_size)(x)
    if attention:
        x = CBAMChannelAttention(RATIO, name="channel_attention")(x)
        x = SpatialAttention(7, use_bias=False, name="spatial_attention")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)
