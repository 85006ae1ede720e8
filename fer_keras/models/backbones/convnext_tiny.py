"""ConvNeXt-Tiny (Liu et al. 2022) of keras.applications."""

import keras

from fer_keras.models.backbones.applications import builder
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.keras_file import KerasFile

CONVNEXT_TINY = Backbone(
    name="convnexttiny",
    build=builder(keras.applications.ConvNeXtTiny),
    deepest="stage_3_block_2_pointwise_conv_2",
    imagenet=KerasFile("convnexttiny", keras.applications.ConvNeXtTiny, "convnext_tiny_notop.h5"),
)
"""Its blocks begin as their shortcuts by themselves: each branch is scaled by 1e-6 at first (layer scale)."""
