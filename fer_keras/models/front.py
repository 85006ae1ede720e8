"""The first and last layers of every network: raw pixels in, probabilities out."""

import keras
from keras import layers

from fer_keras.layers.normalise import Normalise
from fer_keras.layers.resize import Resize
from fer_keras.models.backbones import BACKBONES, build_backbone


def face_input(input_size: int, channels: int):
    """Return (face, pixels): the input "face", uint8 (B, input_size, input_size, channels), and the same in float32."""
    face = keras.Input((input_size, input_size, channels), dtype="uint8", name="face")
    return face, layers.Rescaling(1.0, dtype="float32", name="to_float")(face)


def resized(x, size: int, interpolation: str = "bilinear"):
    """Return x (B, S, S, C) as (B, size, size, C), in float32; x itself where S is `size`.

    Bilinear is what torchvision's `Resize` does. Shrinking averages over what it skips, as that does, too.
    """
    if x.shape[1] == size:
        return x
    return Resize(size, interpolation, antialias=size < x.shape[1], dtype="float32", name="resize")(x)


def tripled(x):
    """Return grey x (B, H, W, 1) as three equal channels; x itself where it has three."""
    return x if x.shape[-1] == 3 else layers.Concatenate(dtype="float32", name="triple")([x, x, x])


def stem(name: str, *, image_size: int, input_size: int, channels: int):
    """Return (face, features): the input (B, input_size, input_size, channels) and what backbone `name` makes of it.

    Raw uint8 pixels are upsampled bicubically to image_size (Paper 003, §4.1), in float32 whatever the dtype policy.
    A learnable 1x1 convolution "adapter" makes grey into three channels (§4.1); it starts as a plain copy (kernel 1,
    bias 0), on which the paper is silent. Then follow the backbone's own normalisation and the backbone.
    Raises what `build_backbone` raises.
    """
    backbone = build_backbone(name, image_size)
    face, x = face_input(input_size, channels)
    if image_size != input_size:
        x = Resize(image_size, "bicubic", dtype="float32", name="upsample")(x)
    if channels == 1:
        x = layers.Conv2D(3, 1, kernel_initializer="ones", dtype="float32", name="adapter")(x)
    if BACKBONES[name].normalisation is not None:
        x = Normalise(**BACKBONES[name].normalisation, dtype="float32", name="normalise")(x)
    return face, backbone(x)


def probabilities_of(logits):
    """Return the softmax of logits (B, classes), in float32 whatever the dtype policy: the layer "probabilities"."""
    return layers.Activation("softmax", dtype="float32", name="probabilities")(logits)
