"""The suite's compact network: small, without pretraining, for 48 px faces on a CPU. No paper's."""

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FusedBatchNormalization
from fer_keras.layers.resampling_blur import ResamplingBlur
from fer_keras.models.attention_head import attentive_logits
from fer_keras.models.front import face_input, probabilities_of, resized


def build(
    *,
    image_size: int = 48,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    widths: tuple[int, ...] = (32, 64, 128, 320),
    pairs: tuple[int, ...] = (1, 1, 1),
    ranks: tuple[int, ...] = (),
    parts: tuple[str, ...] = (),
    blur: bool = False,
    **head,
) -> keras.Model:
    """Return a VGG-like network with residual pairs.

    The first width is one convolution at full side, where a convolution costs most of its time in memory traffic; each
    other width is a max pooling that halves the side, a convolution, and residual pairs (two convolutions, and the sum
    with what entered them).

    Args:
        image_size: side in pixels; the face is resized bicubically where it differs. At least 2 ** (len(widths) - 1).
        widths: channels of the stages. pairs: residual pairs of each stage after the first.
        ranks: of the convolutions of each stage after the first, 0 for whole ones; () for whole ones everywhere. One of
            rank r is a 3 x 3 convolution to r channels and a 1 x 1 convolution from them (Zhang et al. 2016, "Accelerating Very
            Deep Convolutional Networks", §3.1), with fewer parameters where r is small.
        blur: whether faces pass a `ResamplingBlur`, for an augmentation that resamples.
        parts, head: those of `attentive_logits`, which closes the network; no attention as it stands.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels; each image is brought to mean 0 and
    variance 1, so that exposure and contrast do not count. Output "probabilities": float32 (B, classes).
    Raises ValueError when `pairs` or `ranks` do not fit `widths`, and where `attentive_logits` does.
    """
    if len(pairs) != len(widths) - 1:
        raise ValueError(f"Expected pairs for {len(widths) - 1} stages after the first. Received: {pairs}")
    ranks = ranks or (0,) * len(pairs)
    if len(ranks) != len(pairs):
        raise ValueError(f"Expected ranks for {len(pairs)} stages after the first. Received: {ranks}")
    face, x = face_input(input_size, channels)
    x = ResamplingBlur(dtype="float32", name="blur")(x) if blur else x
    x = resized(x, image_size, "bicubic")
    x = _activated(_convolution(_standardised(x), widths[0], "stage1_1"), "stage1_1")
    for number, (width, count, rank) in enumerate(zip(widths[1:], pairs, ranks, strict=True), start=2):
        x = layers.MaxPooling2D(2, name=f"stage{number}_pool")(x)
        x = _activated(_convolution(x, width, f"stage{number}_1", rank), f"stage{number}_1")
        for pair in range(1, count + 1):
            x = _residual_pair(x, width, f"stage{number}_pair{pair}", rank)
    logits = attentive_logits(x, classes, parts=parts, **head)
    return keras.Model(face, probabilities_of(logits), name="compact")


def _standardised(x):
    """Subtract each image's mean and divide by its deviation; epsilon keeps a blank image (one grey level) at zero."""
    return layers.LayerNormalization(
        axis=(1, 2, 3), epsilon=1.0, center=False, scale=False, dtype="float32", name="standardise"
    )(x)


def _residual_pair(x, width: int, name: str, rank: int):
    inside = _activated(_convolution(x, width, f"{name}_1", rank), f"{name}_1")
    inside = _convolution(inside, width, f"{name}_2", rank)
    return _activated(layers.Add(name=f"{name}_add")([x, inside]), name)


def _activated(x, name: str):
    return layers.ReLU(name=f"{name}_relu")(x)


def _convolution(x, width: int, name: str, rank: int = 0):
    about = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
    x = layers.Conv2D(rank or width, 3, name=f"{name}_conv", **about)(x)
    x = layers.Conv2D(width, 1, name=f"{name}_mix", **about)(x) if rank else x
    return FusedBatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
