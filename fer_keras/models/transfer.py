"""One pretrained backbone under the heads of the five papers: what `experiments.transfer` compares."""

import keras
from keras import layers

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.layers.l2_scale import L2Scale
from fer_keras.layers.normalise import Normalise
from fer_keras.models.attention_head import attentive_logits
from fer_keras.models.backbones import BACKBONES, build_backbone
from fer_keras.models.front import face_input, probabilities_of, resized, tripled
from fer_keras.models.residual_start import begin_as_identity

GREY = ("sum", "mean")
"""What the first convolution's kernel is for grey: its sum over the colours, or their mean (Paper 004, equation 1)."""


def build(
    *,
    backbone: str = "efficientnetlite0",
    image_size: int = 96,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    head: str = "single",
    parts: tuple[str, ...] = (),
    grey: str = "sum",
    dropout: float = 0.3,
    pretrained: bool = True,
    class_names: tuple[str, ...] = FER2013_CLASSES,
) -> keras.Model:
    """Return the backbone and a head on its last feature map.

    Args:
        backbone: one of BACKBONES. image_size: side in pixels that it sees.
        head: "single" (average pooling, one dense layer), "three" (Paper 002's 512-256-classes), "sphere" (Paper 004's L2
            normalisation and 128-64-classes), "attentive" (Papers 001 and 003: `parts`, then a branch of 256).
        parts: of `attentive_logits`, for that head only.
        grey: one of GREY. Tripled grey gives the sum; a third of the normalised pixels gives the mean.
        dropout: rate in the head.
        pretrained: whether weights will be loaded; from scratch residual branches begin as the identity.
        class_names: of the classes, for branches, whose groups are told by name.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels, resized bicubically, normalised as the backbone's
    ImageNet weights expect. Output "probabilities": float32 (B, classes). Raises ValueError for an unknown head, grey kernel
    or backbone, for parts without the attentive head, and where `attentive_logits` does.
    """
    _check(head, parts, grey)
    face, x = face_input(input_size, channels)
    x = tripled(resized(x, image_size, "bicubic"))
    if BACKBONES[backbone].normalisation is not None:
        x = Normalise(**BACKBONES[backbone].normalisation, dtype="float32", name="normalise")(x)
    if grey == "mean":
        x = layers.Rescaling(1 / 3, dtype="float32", name="mean_kernel")(x)
    network = build_backbone(backbone, image_size)
    if not pretrained:
        begin_as_identity(network)
    logits = HEADS[head](network(x), classes, parts=parts, dropout=dropout, class_names=class_names)
    return keras.Model(face, probabilities_of(logits), name=f"transfer_{head}")


def _check(head: str, parts: tuple[str, ...], grey: str) -> None:
    if head not in HEADS:
        raise ValueError(f"Expected a head in {tuple(HEADS)}. Received: {head!r}")
    if grey not in GREY:
        raise ValueError(f"Expected a grey kernel in {GREY}. Received: {grey!r}")
    if parts and head != "attentive":
        raise ValueError(f"Expected parts with the attentive head only. Received: {parts} with {head!r}")


def _single(x, classes, *, dropout, **_):
    return _classified(layers.GlobalAveragePooling2D(name="pool")(x), (), classes, dropout)


def _three(x, classes, *, dropout, **_):
    return _classified(layers.GlobalAveragePooling2D(name="pool")(x), (512, 256), classes, dropout)


def _sphere(x, classes, *, dropout, **_):
    pooled = layers.GlobalAveragePooling2D(name="pool")(x)
    return _classified(L2Scale(name="l2_scale")(pooled), (128, 64), classes, dropout)


def _classified(x, widths, classes, dropout):
    """Dense layers with ReLU and dropout, and logits."""
    for number, width in enumerate(widths, start=1):
        x = layers.Dense(width, activation="relu", name=f"classifier_hidden{number}")(x)
        x = layers.Dropout(dropout, name=f"classifier_dropout{number}")(x)
    if not widths:
        x = layers.Dropout(dropout, name="classifier_dropout")(x)
    return layers.Dense(classes, name="classifier_logits")(x)


def _attentive(x, classes, *, parts, dropout, class_names):
    return attentive_logits(x, classes, parts=parts, dropout=dropout, l2=0.0, class_names=class_names, dim=256)


HEADS = {"single": _single, "three": _three, "sphere": _sphere, "attentive": _attentive}
