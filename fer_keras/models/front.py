"""The first and last layers of the networks of Papers 000, 001, 002 and 004: raw pixels in, probabilities out."""

import keras
from keras import layers

from fer_keras.layers.resize import Resize


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


def probabilities_of(logits):
    """Return the softmax of logits (B, classes), in float32 whatever the dtype policy: the layer "probabilities"."""
    return layers.Activation("softmax", dtype="float32", name="probabilities")(logits)
