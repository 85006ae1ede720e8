"""Paper 003's baseline CNN, of which the paper prints three numbers (§6.1) and no architecture."""

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FusedBatchNormalization
from fer_keras.models.front import face_input, probabilities_of, resized

WIDTHS = (32, 64, 128)
"""Channels of the three convolutional blocks: all of this network is assumed."""


def build(
    *, image_size: int = 48, classes: int = 7, input_size: int = 48, channels: int = 1, dropout: float = 0.3
) -> keras.Model:
    """Return the small CNN that one would try first.

    Three blocks of 3x3 convolution, batch norm, ReLU and 2x2 max pooling, then Dense 128 with batch norm and ReLU,
    dropout, softmax. Without the dense layer's batch norm all its units died within an epoch of §4.2.1's distortion.

    Args:
        image_size: side in pixels that the first convolution sees; the face is resized bicubically where it differs.
        dropout: rate after the dense layer; the paper's 0.3 (§3.3).

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels, scaled to [0, 1]. Output "probabilities":
    float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = resized(x, image_size, "bicubic")
    x = layers.Rescaling(1 / 255, dtype="float32", name="unit_range")(x)
    for block, width in enumerate(WIDTHS, start=1):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False, name=f"block{block}_conv")(x)
        x = FusedBatchNormalization(name=f"block{block}_bn")(x)
        x = layers.ReLU(name=f"block{block}_relu")(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, use_bias=False, name="hidden")(x)
    x = FusedBatchNormalization(name="hidden_bn")(x)
    x = layers.ReLU(name="hidden_relu")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, name="logits")(x)
    return keras.Model(face, probabilities_of(x), name="cnn003")
