"""Paper 004's two comparison networks (§3), of which it names the kinds of layers and little more."""

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FusedBatchNormalization
from fer_keras.models.front import face_input, probabilities_of, resized

VANILLA_WIDTHS = (32, 64, 128, 256)
"""Channels of the vanilla network's blocks, each of one convolution and a max pooling; assumed. The printed training
accuracy, .682 after 60 epochs (Table 2), is that of a small network."""

RESIDUAL_WIDTHS = (32, 64, 128)
RESIDUAL_BLOCKS = (2, 3)
"""Channels of the residual network's blocks: one block fewer ("remove some convolution blocks"), each of one
convolution, a residual block (but in the first, at full side) and a max pooling; assumed."""


def build_vanilla(**arguments) -> keras.Model:
    """The "Vanilla CNN": convolution, normalisation and max pooling layers. Arguments: those of `_build`."""
    return _build("vanilla_cnn", VANILLA_WIDTHS, (), **arguments)


def build_vanilla_unnormalised(**arguments) -> keras.Model:
    """The same without batch normalisation, its convolutions with biases: what §3 compares the convergence with."""
    return _build("vanilla_cnn_unnormalised", VANILLA_WIDTHS, (), normalised=False, **arguments)


def build_residual(**arguments) -> keras.Model:
    """The "Residual block + CNN": fewer convolution blocks, and residual blocks that skip some."""
    return _build("residual_cnn", RESIDUAL_WIDTHS, RESIDUAL_BLOCKS, **arguments)


def _build(
    name: str,
    widths: tuple[int, ...],
    residual: tuple[int, ...],
    *,
    normalised: bool = True,
    image_size: int = 48,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.5,
) -> keras.Model:
    """Return the blocks, global average pooling, dropout and one dense layer.

    Args:
        widths: channels of the blocks. residual: which of them, from 1, hold a residual block.
        normalised: whether batch norm follows the blocks' convolutions; residual blocks always have it.
        image_size: side in pixels; 48 in the paper (§2.1), and then nothing is resized.
        dropout: rate before the dense layer.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels, scaled to [0, 1].
    Output "probabilities": float32 (B, classes).
    """
    face, x = face_input(input_size, channels)
    x = resized(x, image_size, "bicubic")
    x = layers.Rescaling(1 / 255, dtype="float32", name="unit_range")(x)
    for number, width in enumerate(widths, start=1):
        x = layers.ReLU(name=f"block{number}_relu1")(_convolution(x, width, f"block{number}_1", normalised))
        x = _residual_block(x, width, f"block{number}") if number in residual else x
        x = layers.MaxPooling2D(2, name=f"block{number}_pool")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)


def _residual_block(x, width: int, name: str):
    """Two convolutions with a shortcut around them."""
    inside = layers.ReLU(name=f"{name}_relu2")(_convolution(x, width, f"{name}_2"))
    inside = _convolution(inside, width, f"{name}_3")
    return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([x, inside]))


def _convolution(x, width: int, name: str, normalised: bool = True):
    x = layers.Conv2D(width, 3, padding="same", use_bias=not normalised, name=f"{name}_conv")(x)
    return FusedBatchNormalization(name=f"{name}_bn")(x) if normalised else x
