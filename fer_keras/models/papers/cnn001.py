"""Paper 001's own networks (§III-D): three convolutional blocks, two dense layers, and optional spatial attention."""

import keras
from keras import layers

from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.spatial_softmax import SpatialSoftmaxAttention
from fer_keras.models.front import face_input, probabilities_of, resized, tripled

WIDTHS = (32, 64, 128)
"""Channels of the three blocks, assumed."""

UNITS = 128
"""Width of the first dense layer, assumed."""


def build_baseline(**arguments) -> keras.Model:
    """The baseline: three Conv-ReLU-MaxPool blocks, two dense layers (Fig. III.1). Arguments: those of `_build`."""
    return _build("cnn001", attention=None, **arguments)


def build_spatial_attention(**arguments) -> keras.Model:
    """The same with a spatial attention module "before the classification head" (Fig. III.3)."""
    return _build("cnn001_spatial_attention", attention=SpatialAttention, **arguments)


def build_spatial_softmax(**arguments) -> keras.Model:
    """The same module with weights that are a softmax over the positions (equation 4) instead of a sigmoid of each."""
    return _build("cnn001_spatial_softmax", attention=SpatialSoftmaxAttention, **arguments)


def _build(
    name: str,
    *,
    attention: type[layers.Layer] | None,
    image_size: int = 128,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.0,
) -> keras.Model:
    """Return the network.

    Args:
        image_size: side in pixels to which the face is resized; 128 in the paper (§III-B). Each block halves it.
        channels: 1 is replicated to three, as the code of Fig. A.2 does (`convert('L').convert('RGB')`).
        dropout: rate between the dense layers; the paper names none.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels; resized bilinearly (torchvision's `Resize`,
    assumed), scaled to [0, 1] (§III-B). Output "probabilities": float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = tripled(resized(x, image_size))
    x = layers.Rescaling(1 / 255, dtype="float32", name="unit_range")(x)
    for block, width in enumerate(WIDTHS, start=1):
        x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"block{block}_conv")(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    if attention:
        x = attention(7, name="spatial_attention")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(UNITS, activation="relu", name="classifier_hidden")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)
