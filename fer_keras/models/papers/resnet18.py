"""Paper 002's networks: ResNet-18 with a head of three dense layers ("Training Stage"), or of one."""

import keras
from keras import layers

from fer_keras.layers.normalise import TORCHVISION, Normalise
from fer_keras.models.backbones.basic_resnet import build_basic_resnet
from fer_keras.models.front import face_input, probabilities_of, resized, tripled

HEAD = (512, 256)
"""Widths of the hidden layers: 512 -> 512 -> 256 -> 7 counts the backbone's 512 features first."""


def build_three_layer_head(*, dropout: float = 0.5, **arguments) -> keras.Model:
    """The system of the paper: 512 -> 512 -> 256 -> classes with ReLU, and dropout after each hidden layer.

    `dropout` is the paper's 50 %; the other arguments are those of `_features`.
    """
    face, x, classes = _features(**arguments)
    for number, width in enumerate(HEAD, start=1):
        x = layers.Dense(width, activation="relu", name=f"classifier_hidden{number}")(x)
        x = layers.Dropout(dropout, name=f"classifier_dropout{number}")(x)
    return _classified(face, x, classes, "resnet18_head")


def build_single_layer_head(*, dropout: float = 0.0, **arguments) -> keras.Model:
    """The "first model experiment" (Result Discussion, 67 %): one dense layer; that it had no dropout is assumed."""
    face, x, classes = _features(**arguments)
    x = layers.Dropout(dropout, name="classifier_dropout")(x)
    return _classified(face, x, classes, "resnet18_simple")


def _features(*, image_size: int = 224, classes: int = 7, input_size: int = 48, channels: int = 1):
    """Return (face, features, classes): the input and ResNet-18's pooled features of it, (B, 512).

    The face is resized bilinearly to 8/7 of image_size (256 for 224), of which the central image_size x image_size is
    kept, tripled where it is grey, and normalised as torchvision does ("Dataset and Preprocessing"). The crop is always
    the central one: training's random crop is a shift of at most 1/16, which is augmentation's.

    Args:
        image_size: side in pixels that the backbone sees, after the crop.

    Input "face": uint8 (B, input_size, input_size, channels), raw pixels.
    """
    face, x = face_input(input_size, channels)
    x = resized(x, round(image_size * 256 / 224))
    # Not keras.layers.CenterCrop: like Resizing (see layers/resize.py) it puts every later layer in training mode.
    before = (x.shape[1] - image_size) // 2
    edges = (before, x.shape[1] - image_size - before)
    x = layers.Cropping2D((edges, edges), dtype="float32", name="center_crop")(x)
    x = Normalise(**TORCHVISION, dtype="float32", name="normalise")(tripled(x))
    x = build_basic_resnet(18, image_size=image_size)(x)
    return face, layers.GlobalAveragePooling2D(name="pool")(x), classes


def _classified(face, x, classes: int, name: str) -> keras.Model:
    x = layers.Dense(classes, name="classifier_logits")(x)
    return keras.Model(face, probabilities_of(x), name=name)
