"""Xception (Chollet 2016) of keras.applications."""

import re

import keras

from fer_keras.layers.normalise import UNIT_RANGE
from fer_keras.models.backbones.applications import builder
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.keras_file import KerasFile

XCEPTION = Backbone(
    name="xception",
    build=builder(keras.applications.Xception),
    deepest="block14_sepconv2",
    imagenet=KerasFile("xception", keras.applications.Xception, "xception_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    normalisation=UNIT_RANGE,
    min_size=71,
    # Blocks 1 and 14 have no shortcut.
    residual_norm=re.compile(r"(block(?:[2-9]|1[0-3]))_sepconv\d_bn"),
)
