"""What papers 001 and 003 put between a backbone's last feature map and the classes: attention of several kinds."""

from keras import layers

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.class_branches import ClassBranches
from fer_keras.layers.self_attention_block import SelfAttentionBlock
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.spatial_softmax import SpatialSoftmaxAttention
from fer_keras.layers.squeeze_excite import SqueezeExcite

PARTS = ("se", "spatial", "mhsa", "branches")
"""What paper 003 adds to its backbone, in order: §2.1 (two), §2.2, §2.3. An ablation leaves some out."""

KNOWN = (*PARTS, "cbam", "spatial_softmax")
"""PARTS and paper 001's: CBAM's channel attention, then spatial attention (§III.D); spatial attention by equation 4."""

GROUPS = (("happy", "surprise", "neutral"), ("angry", "disgust", "fear", "sad", "contempt"))
"""Paper 003, §2.3: the frequent and the rare classes; contempt, which FER2013 has not, is rare in the sets that have it."""


def attentive_logits(
    x,
    classes: int,
    *,
    parts: tuple[str, ...],
    class_names: tuple[str, ...] = FER2013_CLASSES,
    dim: int = 512,
    heads: int = 8,
    ratio: int = 16,
    units: int = 256,
    dropout: float = 0.3,
    l2: float = 1e-4,
):
    """Return logits (B, classes) of the feature map `x` (B, h, w, C).

    Args:
        parts: which of KNOWN are built; without "branches" one dense branch serves all classes.
        class_names: of the logits in order, for "branches", whose groups are told by name; `classes` must be their number.
        dim, heads: width and heads of the transformer block. ratio: of squeeze-and-excitation and CBAM.
        units, dropout, l2: hidden width of a branch, rate after it, penalty on its kernels.

    Raises ValueError for an unknown part, or branches for classes that are in no group.
    """
    require_parts(parts, classes, class_names)
    if "se" in parts:
        x = SqueezeExcite(ratio, name="squeeze_excite")(x)
    if "cbam" in parts:
        x = CBAMChannelAttention(ratio, name="channel_attention")(x)
    if "spatial" in parts or "cbam" in parts:
        x = SpatialAttention(7, name="spatial_attention")(x)
    if "spatial_softmax" in parts:
        x = SpatialSoftmaxAttention(7, name="spatial_softmax")(x)
    x = _transformer(x, dim, heads) if "mhsa" in parts else layers.GlobalAveragePooling2D(name="pool")(x)
    names = class_names if "branches" in parts else tuple(f"class_{i}" for i in range(classes))
    grouped = [tuple(name for name in group if name in names) for group in GROUPS]
    groups = tuple(grouped) if "branches" in parts else (names,)
    name = "branches" if "branches" in parts else "classifier"
    return ClassBranches(names, groups, units, dropout, l2, name=name)(x)


def require_parts(parts: tuple[str, ...], classes: int, class_names: tuple[str, ...]) -> None:
    """Raise ValueError for an unknown part, or branches for classes that are in no group."""
    unknown = [part for part in parts if part not in KNOWN]
    if unknown:
        raise ValueError(f"Expected parts in {KNOWN}. Received: {unknown}")
    if "branches" in parts and classes != len(class_names):
        raise ValueError(f"Expected {len(class_names)} classes for the branches' groups. Received: {classes}")
    strangers = sorted(set(class_names) - {name for group in GROUPS for name in group})
    if "branches" in parts and strangers:
        raise ValueError(f"Expected classes of the branches' groups {GROUPS}. Received: {strangers}")


def _transformer(x, dim: int, heads: int):
    """Project the feature map (B, h, w, C) to tokens (B, h * w, dim), attend, and average to (B, dim)."""
    tokens = layers.Reshape((-1, x.shape[-1]), name="tokens")(x)
    tokens = layers.Dense(dim, name="projection")(tokens)
    tokens = SelfAttentionBlock(dim, heads, name="self_attention")(tokens)
    return layers.GlobalAveragePooling1D(name="pool")(tokens)
