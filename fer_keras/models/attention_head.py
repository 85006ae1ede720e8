"""What papers 001 and 003 put between a backbone's last feature map and the classes: attention of several kinds."""

from keras import layers

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.class_branches import ClassBranches
from fer_keras.layers.self_attention_block import SelfAttentionBlock
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.squeeze_excite import SqueezeExcite

PARTS = ("se", "spatial", "mhsa", "branches")
"""What paper 003 adds to its backbone, in order: §2.1 (two), §2.2, §2.3. An ablation leaves some out."""

KNOWN = (*PARTS, "cbam")
"""PARTS and paper 001's: CBAM's channel attention, then spatial attention (§III.D)."""

GROUPS = (("happy", "surprise", "neutral"), ("angry", "disgust", "fear", "sad"))
"""Paper 003, §2.3: the frequent and the rare classes."""


def attentive_logits(
    x,
    classes: int,
    *,
    parts: tuple[str, ...],
    dim: int = 512,
    heads: int = 8,
    ratio: int = 16,
    units: int = 256,
    dropout: float = 0.3,
    l2: float = 1e-4,
):
    """Return logits (B, classes) of the feature map `x` (B, h, w, C).

    Args:
        classes: must be 7 with "branches", whose groups are FER2013's class names.
        parts: which of KNOWN are built; without "branches" one dense branch serves all classes.
        dim, heads: width and heads of the transformer block. ratio: of squeeze-and-excitation and CBAM.
        units, dropout, l2: hidden width of a branch, rate after it, penalty on its kernels.

    Raises ValueError for an unknown part, or branches with other than 7 classes.
    """
    _check(parts, classes)
    if "se" in parts:
        x = SqueezeExcite(ratio, name="squeeze_excite")(x)
    if "cbam" in parts:
        x = CBAMChannelAttention(ratio, name="channel_attention")(x)
    if "spatial" in parts or "cbam" in parts:
        x = SpatialAttention(7, name="spatial_attention")(x)
    x = _transformer(x, dim, heads) if "mhsa" in parts else layers.GlobalAveragePooling2D(name="pool")(x)
    names = FER2013_CLASSES if "branches" in parts else tuple(f"class_{i}" for i in range(classes))
    groups = GROUPS if "branches" in parts else (names,)
    name = "branches" if "branches" in parts else "classifier"
    return ClassBranches(names, groups, units, dropout, l2, name=name)(x)


def _check(parts: tuple[str, ...], classes: int):
    unknown = [part for part in parts if part not in KNOWN]
    if unknown:
        raise ValueError(f"Expected parts in {KNOWN}. Received: {unknown}")
    if "branches" in parts and classes != len(FER2013_CLASSES):
        raise ValueError(f"Expected 7 classes for the branches' groups. Received: {classes}")


def _transformer(x, dim: int, heads: int):
    """Project the feature map (B, h, w, C) to tokens (B, h * w, dim), attend, and average to (B, dim)."""
    tokens = layers.Reshape((-1, x.shape[-1]), name="tokens")(x)
    tokens = layers.Dense(dim, name="projection")(tokens)
    tokens = SelfAttentionBlock(dim, heads, name="self_attention")(tokens)
    return layers.GlobalAveragePooling1D(name="pool")(tokens)
