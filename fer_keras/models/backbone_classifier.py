"""A backbone with the plainest of heads: what pretrains it."""

import keras
from keras import layers

from fer_keras.models.front import probabilities_of, stem
from fer_keras.models.residual_start import begin_as_identity

MOST_MOMENTUM = 0.99
"""Of batch norm's moving statistics: Keras's .999 for MobileNetV3 lags thousands of steps behind a start from scratch."""


def build(
    *,
    backbone: str = "resnet50",
    image_size: int = 224,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.3,
    momentum: float = MOST_MOMENTUM,
    head_initializer: str = "glorot_uniform",
) -> keras.Model:
    """Return upsampling, adapter, normalisation, `backbone`, global average pooling, dropout, softmax.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels. Output "probabilities": float32 (B, classes).
    Residual blocks begin as the identity and batch norm's momentum is at most `momentum`, since this network is trained
    from scratch: in a run of few steps its statistics would else be those of the first.
    `head_initializer` is that of the logits' kernel: "zeros" begins with equal probabilities, whatever the size of the
    features, so that the first steps do not undo what a pretrained backbone knows.
    The layers up to "backbone" are those of the hybrids of Paper 003, so that its weights carry over.
    Raises ValueError for an unknown backbone or too small an image_size.
    """
    face, x = stem(backbone, image_size=image_size, input_size=input_size, channels=channels)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    x = layers.Dense(classes, kernel_initializer=head_initializer, name="logits")(x)
    model = keras.Model(face, probabilities_of(x), name=f"{backbone}_classifier")
    begin_as_identity(model.get_layer("backbone"))
    _follow_quickly(model.get_layer("backbone"), momentum)
    return model


def _follow_quickly(backbone: keras.Model, momentum: float) -> None:
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = min(layer.momentum, momentum)
