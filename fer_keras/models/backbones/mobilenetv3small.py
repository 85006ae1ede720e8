"""MobileNetV3Small (Howard et al. 2019) of keras.applications."""

import re

import keras

from fer_keras.models.backbones.applications import builder
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.keras_file import KerasFile

MOBILENETV3SMALL = Backbone(
    name="mobilenetv3small",
    build=builder(keras.applications.MobileNetV3Small),
    deepest="expanded_conv_10_project",
    imagenet=KerasFile(
        "mobilenetv3small",
        keras.applications.MobileNetV3Small,
        "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    ),
    residual_norm=re.compile(r"(expanded_conv(?:_\d+)?)_project_bn"),
    gains_from_avx512_bf16=False,
)
