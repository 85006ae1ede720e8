"""Paper 004's two comparison networks (§3), of which it names the kinds of layers and little more."""

import keras
from keras import layers

from fer_keras.layers.fused_batch_norm import FusedBatchNormalization
from fer_keras.models.front import face_input, probabilities_of, resized

VANILLA_WIDTHS = (64, 128, 256, 512)
"""Channels of the vanilla network's blocks, each of two convolutions and a max pooling; assumed."""

RESIDUAL_WIDTHS = (64, 128, 256)
"""Channels of the residual network's blocks: one block fewer ("remove some convolution blocks"), each of one
convolution, a residual block and a max pooling; assumed."""


def build_vanilla(**arguments) -> keras.Model:
    """The "Vanilla CNN": convolution, normalisation and max pooling layers. Arguments: those of `_build`."""
    return _build("vanilla_cnn", VANILLA_WIDTHS, _plain_block, **arguments)


def build_residual(**arguments) -> keras.Model:
    """The "Residual block + CNN": fewer convolution blocks, and residual blocks that skip some."""
    return _build("residual_cnn", RESIDUAL_WIDTHS, _residual_block, **arguments)


def _build(
    name: str,
    widths: tuple[int, ...],
    block,
    *,
    image_size: int = 48,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.5,
) -> keras.Model:
    """Return the blocks, global average pooling, dropout and one dense layer.

    Args:
        image_size: side in pixels; 48 in the paper (§2.1), and then nothing is resized.
        dropout: rate before the dense layer.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels, scaled to [0, 1].
    Output "probabilities": float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = resized(x, image_size, "bicubic")
    x = layers.Rescaling(1 / 255, dtype="float32", name="unit_range")(x)
    for number, width in enumerate(widths, start=1):
        x = block(x, width, f"block{number}")
        x = layers.MaxPooling2D(2, name=f"block{number}_pool")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)


def _plain_block(x, width: int, name: str):
    x = layers.ReLU(name=f"{name}_relu1")(_convolution(x, width, f"{name}_1"))
    return layers.ReLU(name=f"{name}_relu2")(_convolution(x, width, f"{name}_2"))


def _residual_block(x, width: int, name: str):
    """One convolution that sets the width, then two with a shortcut around them."""
    shortcut = layers.ReLU(name=f"{name}_relu1")(_convolution(x, width, f"{name}_1"))
    x = layers.ReLU(name=f"{name}_relu2")(_convolution(shortcut, width, f"{name}_2"))
    x = layers.Add(name=f"{name}_add")([shortcut, _convolution(x, width, f"{name}_3")])
    return layers.ReLU(name=f"{name}_out")(x)


def _convolution(x, width: int, name: str):
    x = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return FusedBatchNormalization(name=f"{name}_bn")(x)
