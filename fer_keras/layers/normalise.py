"""The input normalisation that a pretrained backbone expects, as a layer."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("fer_keras")
class Normalise(keras.layers.Layer):
    """Turn raw RGB pixels 0..255 into (pixel - mean) / scale, after reversing the channels where asked.

    Args:
        mean: one number a channel, in 0..255, in the order of the output.
        scale: one number a channel, likewise.
        reverse_channels: RGB becomes BGR first.

    Input and output: (B, H, W, len(mean)), floating point. Raises ValueError when `mean` and `scale` differ in length.
    """

    def __init__(self, mean, scale, reverse_channels: bool = False, **kwargs):
        super().__init__(**kwargs)
        if len(mean) != len(scale):
            raise ValueError(f"Expected as many scales as means. Received: {len(scale)} and {len(mean)}")
        self.mean = tuple(float(value) for value in mean)
        self.scale = tuple(float(value) for value in scale)
        self.reverse_channels = reverse_channels

    def call(self, inputs):
        if self.reverse_channels:
            inputs = ops.flip(inputs, axis=-1)
        mean, scale = (ops.convert_to_tensor(value, inputs.dtype) for value in (self.mean, self.scale))
        return (inputs - mean) / scale

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        arguments = {"mean": self.mean, "scale": self.scale, "reverse_channels": self.reverse_channels}
        return {**super().get_config(), **arguments}


CAFFE = {"mean": (103.939, 116.779, 123.68), "scale": (1.0, 1.0, 1.0), "reverse_channels": True}
"""ResNet50 of keras.applications: BGR minus ImageNet's mean."""

UNIT_RANGE = {"mean": (127.5, 127.5, 127.5), "scale": (127.5, 127.5, 127.5)}
"""Xception: [-1, 1]."""

TORCHVISION = {"mean": (123.675, 116.28, 103.53), "scale": (58.395, 57.12, 57.375)}
"""torchvision: (pixel / 255 - (.485, .456, .406)) / (.229, .224, .225), with both sides times 255."""
