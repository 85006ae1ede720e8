"""Paper 004's system (§2): ResNet-50 on grey faces of 48 px, refined, pooled, brought to a sphere, classified."""

import keras
from keras import layers

from fer_keras.layers.cpu_kernels import FusedBatchNormalization
from fer_keras.layers.grey_stem import GreyStem
from fer_keras.layers.l2_scale import L2Scale
from fer_keras.layers.normalise import CAFFE, Normalise
from fer_keras.models.front import face_input, probabilities_of, resized

REMOVED = ("pool1_pad", "pool1_pool")
"""The "selected pooling layers" (§2.1): ResNet-50 has this one; without it 48 px end as 3 x 3, with it as 2 x 2."""

REFINEMENT = (512, 128)
"""Channels of the two 1 x 1 convolutions; the cube has 128 (§2.2), the first width is assumed."""

UNITS = (128, 64)
"""Widths of the two fully connected layers before the output (§2.3)."""

GREY_MEAN = sum(CAFFE["mean"]) / 3
"""ImageNet's mean pixel, averaged over the colours (114.8)."""


def build_grey_resnet50(image_size: int, stem: str = "mean") -> keras.Model:
    """Return keras.applications' ResNet50 without top, for one channel, without the layers REMOVED, called "backbone".

    Names and order of the other layers are the original's. (B, S, S, 1) to (B, S/16, S/16, 2048), freshly initialised.
    """
    shape = (image_size, image_size, 1)
    stock = keras.applications.ResNet50(weights=None, include_top=False, input_shape=shape, name="backbone")
    image = keras.Input(shape, name="image")

    def copy(layer):
        if layer.name == "conv1_conv":
            return GreyStem.from_config({**layer.get_config(), "reduce": stem})
        kind = FusedBatchNormalization if type(layer) is layers.BatchNormalization else type(layer)
        return kind.from_config(layer.get_config())

    def call(layer, *args, **kwargs):
        return args[0] if layer.name in REMOVED else layer(*args, **kwargs)

    return keras.models.clone_model(stock, input_tensors=image, clone_function=copy, call_function=call)


def build(
    *,
    image_size: int = 48,
    classes: int = 7,
    input_size: int = 48,
    channels: int = 1,
    dropout: float = 0.5,
    stem: str = "mean",
) -> keras.Model:
    """Return the system. Each refinement and dense stage is followed by batch norm, ReLU and dropout (§2.3, §4.1).

    A max pooling takes the refined map to the 1 x 1 x 128 of §2.2 (the abstract's "convolutional blocks with max
    pooling layer"; where it stands is assumed), so that at 48 px global average pooling is the identity (§2.2.1).

    Args:
        image_size: side in pixels; 48 in the paper (§2.1), and then nothing is resized.
        dropout: rate of all four dropouts; the paper gives none.
        stem: "mean" or "sum", see `GreyStem`.

    Input "face": uint8 (B, input_size, input_size, 1), raw pixels; ImageNet's grey mean is subtracted, as the
    pretrained weights expect.
    Output "probabilities": float32 (B, classes). Raises ValueError for channels other than 1.
    """
    if channels != 1:
        raise ValueError(f"Expected channels=1, for the stem takes grey. Received: {channels}")
    face, x = face_input(input_size, channels)
    x = resized(x, image_size, "bicubic")
    x = Normalise((GREY_MEAN,), (1.0,), dtype="float32", name="normalise")(x)
    x = build_grey_resnet50(image_size, stem)(x)
    for number, width in enumerate(REFINEMENT, start=1):
        x = layers.Conv2D(width, 1, use_bias=False, name=f"refine{number}_conv")(x)
        x = _regularised(x, dropout, f"refine{number}")
    x = layers.MaxPooling2D(3, padding="same", name="refine_pool")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = L2Scale(name="l2_scale")(x)
    for number, width in enumerate(UNITS, start=1):
        x = layers.Dense(width, use_bias=False, name=f"classifier_dense{number}")(x)
        x = _regularised(x, dropout, f"classifier_dense{number}")
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name="resnet50_cnn")


def _regularised(x, dropout: float, name: str):
    """Batch norm, ReLU, dropout."""
    x = FusedBatchNormalization(name=f"{name}_bn")(x)
    x = layers.ReLU(name=f"{name}_relu")(x)
    return layers.Dropout(dropout, name=f"{name}_dropout")(x)
