"""The house's own network: small, without pretraining, for 48 px faces on a CPU. No paper's."""

import keras
from keras import layers

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.fused_batch_norm import FusedBatchNormalization
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.models.front import face_input, probabilities_of, resized

ATTENTION = (None, "se", "spatial", "cbam")
"""What may close a residual pair: nothing, squeeze-and-excitation, spatial attention, CBAM (channels, positions)."""


def build(
    *,
    image_size: int = 48,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.4,
    widths: tuple[int, ...] = (32, 64, 128, 256),
    attention: str | None = None,
) -> keras.Model:
    """Return a VGG-like network with residual pairs; 2,746,919 parameters as it stands.

    Each stage is two convolutions, a residual pair (two more, attention where asked, and the sum with what entered
    them), and a max pooling that halves the side.

    Args:
        image_size: side in pixels; the face is resized bicubically where it differs. At least 2 ** len(widths).
        dropout: rate before the dense layer.
        widths: channels of the stages.
        attention: one of ATTENTION.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels; each image is brought to mean 0 and
    variance 1, so that exposure and contrast do not count. Output "probabilities": float32 (B, classes).
    Raises ValueError for an unknown attention.
    """
    if attention not in ATTENTION:
        raise ValueError(f"Expected attention in {ATTENTION}. Received: {attention!r}")
    face, x = face_input(input_size, channels)
    x = resized(x, image_size, "bicubic")
    x = _standardised(x)
    for number, width in enumerate(widths, start=1):
        x = _stage(x, width, attention, f"stage{number}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name="house")


def _standardised(x):
    """Subtract each image's mean and divide by its deviation; epsilon keeps a blank image (one grey level) at zero."""
    return layers.LayerNormalization(
        axis=(1, 2, 3), epsilon=1.0, center=False, scale=False, dtype="float32", name="standardise"
    )(x)


def _stage(x, width: int, attention: str | None, name: str):
    x = layers.ReLU(name=f"{name}_relu1")(_convolution(x, width, f"{name}_1"))
    shortcut = layers.ReLU(name=f"{name}_relu2")(_convolution(x, width, f"{name}_2"))
    x = layers.ReLU(name=f"{name}_relu3")(_convolution(shortcut, width, f"{name}_3"))
    x = _attended(_convolution(x, width, f"{name}_4"), attention, name)
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    x = layers.ReLU(name=f"{name}_out")(x)
    return layers.MaxPooling2D(2, name=f"{name}_pool")(x)


def _attended(x, attention: str | None, name: str):
    if attention == "se":
        x = SqueezeExcite(name=f"{name}_squeeze_excite")(x)
    if attention == "cbam":
        x = CBAMChannelAttention(name=f"{name}_channel_attention")(x)
    if attention in ("spatial", "cbam"):
        x = SpatialAttention(7, name=f"{name}_spatial_attention")(x)
    return x


def _convolution(x, width: int, name: str):
    x = layers.Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv")(x)
    return FusedBatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
