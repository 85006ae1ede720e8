"""EfficientNetB3 (Tan and Le 2019) of keras.applications."""

import re

import keras

from fer_keras.models.backbones.applications import builder
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.keras_file import KerasFile

EFFICIENTNETB3 = Backbone(
    name="efficientnetb3",
    build=builder(keras.applications.EfficientNetB3),
    deepest="block7b_project_conv",
    imagenet=KerasFile("efficientnetb3", keras.applications.EfficientNetB3, "efficientnetb3_notop.h5"),
    residual_norm=re.compile(r"(block\d[a-z])_project_bn"),
    gains_from_avx512_bf16=False,
)
