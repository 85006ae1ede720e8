"""Paper 003's hybrid: a pretrained backbone, attention over channels and positions, a transformer, class branches."""

import keras

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.models.attention_head import PARTS, attentive_logits, require_parts
from fer_keras.models.front import probabilities_of, stem


def build(
    *,
    backbone: str,
    image_size: int = 224,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    parts: tuple[str, ...] = PARTS,
    **head,
) -> keras.Model:
    """Return the hybrid on `backbone`.

    Args:
        backbone: one of BACKBONES; the paper's four have their own builders below.
        image_size: side in pixels to which the face is upsampled.
        parts, head: those of `attentive_logits`; its defaults are the paper's.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels. Output "probabilities": float32 (B, classes).
    Raises ValueError for an unknown backbone or part, or branches for other classes than `class_names`.
    """
    require_parts(parts, classes, head.get("class_names", FER2013_CLASSES))
    face, x = stem(backbone, image_size=image_size, input_size=input_size, channels=channels)
    logits = attentive_logits(x, classes, parts=parts, **head)
    return keras.Model(face, probabilities_of(logits), name=f"hybrid_{backbone}")


def build_hybrid_resnet50(**arguments) -> keras.Model:
    """The system of Paper 003 (§2): the hybrid on ResNet50. Arguments: those of `build` but `backbone`, by name."""
    return build(backbone="resnet50", **arguments)


def build_hybrid_efficientnetb3(**arguments) -> keras.Model:
    """The comparison of §6.5 (Models Comparison): the same head on EfficientNetB3."""
    return build(backbone="efficientnetb3", **arguments)


def build_hybrid_xception(**arguments) -> keras.Model:
    """The comparison of §6.5: the same head on Xception, which needs an image_size of at least 71."""
    return build(backbone="xception", **arguments)


def build_hybrid_mobilenetv3small(**arguments) -> keras.Model:
    """The comparison of §6.5: the same head on MobileNetV3Small."""
    return build(backbone="mobilenetv3small", **arguments)
