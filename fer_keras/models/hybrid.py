"""Paper 003's hybrid: a pretrained backbone, attention over channels and positions, a transformer, class branches."""

import keras
from keras import layers

from fer_keras.labels import FER2013_CLASSES
from fer_keras.layers.class_branches import ClassBranches
from fer_keras.layers.self_attention_block import SelfAttentionBlock
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.models.backbones import stem
from fer_keras.models.front import probabilities_of

PARTS = ("se", "spatial", "mhsa", "branches")
"""What the paper adds to the backbone, in order: §2.1 (two), §2.2, §2.3. An ablation leaves some out."""

GROUPS = (("happy", "surprise", "neutral"), ("angry", "disgust", "fear", "sad"))
"""§2.3: the frequent and the rare classes."""


def _build(
    backbone: str,
    *,
    image_size: int = 224,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    parts: tuple[str, ...] = PARTS,
    dim: int = 512,
    heads: int = 8,
    ratio: int = 16,
    units: int = 256,
    dropout: float = 0.3,
    l2: float = 1e-4,
) -> keras.Model:
    """Return the hybrid on `backbone`.

    Args:
        image_size: side in pixels to which the face is upsampled.
        classes: must be 7 with "branches", whose groups are FER2013's class names.
        parts: which of PARTS are built; without "branches" one dense branch serves all classes.
        dim, heads: width and heads of the transformer block. ratio: of squeeze-and-excitation.
        units, dropout, l2: hidden width of a branch, rate after it, penalty on its kernels.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels. Output "probabilities": float32 (B, classes).
    Raises ValueError for an unknown part, or branches with other than 7 classes.
    """
    _check(parts, classes)
    face, x = stem(backbone, image_size=image_size, input_size=input_size, channels=channels)
    if "se" in parts:
        x = SqueezeExcite(ratio, name="squeeze_excite")(x)
    if "spatial" in parts:
        x = SpatialAttention(7, name="spatial_attention")(x)
    x = _transformer(x, dim, heads) if "mhsa" in parts else layers.GlobalAveragePooling2D(name="pool")(x)
    names = FER2013_CLASSES if "branches" in parts else tuple(f"class_{i}" for i in range(classes))
    groups = GROUPS if "branches" in parts else (names,)
    name = "branches" if "branches" in parts else "classifier"
    logits = ClassBranches(names, groups, units, dropout, l2, name=name)(x)
    return keras.Model(face, probabilities_of(logits), name=f"hybrid_{backbone}")


def _check(parts: tuple[str, ...], classes: int):
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ValueError(f"Expected parts in {PARTS}. Received: {unknown}")
    if "branches" in parts and classes != len(FER2013_CLASSES):
        raise ValueError(f"Expected 7 classes for the branches' groups. Received: {classes}")


def _transformer(x, dim: int, heads: int):
    """Project the feature map (B, h, w, C) to tokens (B, h * w, dim), attend, and average to (B, dim)."""
    tokens = layers.Reshape((-1, x.shape[-1]), name="tokens")(x)
    tokens = layers.Dense(dim, name="projection")(tokens)
    tokens = SelfAttentionBlock(dim, heads, name="self_attention")(tokens)
    return layers.GlobalAveragePooling1D(name="pool")(tokens)


def build_hybrid_resnet50(**arguments) -> keras.Model:
    """The system of Paper 003 (§2): the hybrid on ResNet50. Arguments: those of `_build`, by name."""
    return _build("resnet50", **arguments)


def build_hybrid_efficientnetb3(**arguments) -> keras.Model:
    """The comparison of §6.5 (Models Comparison): the same head on EfficientNetB3."""
    return _build("efficientnetb3", **arguments)


def build_hybrid_xception(**arguments) -> keras.Model:
    """The comparison of §6.5: the same head on Xception, which needs an image_size of at least 71."""
    return _build("xception", **arguments)


def build_hybrid_mobilenetv3small(**arguments) -> keras.Model:
    """The comparison of §6.5: the same head on MobileNetV3Small."""
    return _build("mobilenetv3small", **arguments)
