"""Backbones of keras.applications, with the suite's quick layers."""

from collections.abc import Callable

import keras

from fer_keras.models.fast_layers import with_fast_layers


def builder(application: Callable[..., keras.Model]) -> Callable[[int, int], keras.Model]:
    """Return what builds `application` without top, called "backbone", for (image side, channels).

    Names, order and number of the layers and of the weights are those of keras.applications (ResNet50: 175 layers, on
    which Paper 003's unfreezing indices count).
    """

    def build(image_size: int, channels: int) -> keras.Model:
        shape = (image_size, image_size, channels)
        return with_fast_layers(application(weights=None, include_top=False, input_shape=shape, name="backbone"))

    return build
