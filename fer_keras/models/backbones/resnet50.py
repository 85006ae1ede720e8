"""ResNet50 (He et al. 2015) of keras.applications."""

import re

import keras

from fer_keras.layers.normalise import CAFFE
from fer_keras.models.backbones.applications import builder
from fer_keras.models.backbones.backbone import Backbone
from fer_keras.models.weights.keras_file import KerasFile

RESNET50 = Backbone(
    name="resnet50",
    build=builder(keras.applications.ResNet50),
    deepest="conv5_block3_3_conv",
    imagenet=KerasFile("resnet50", keras.applications.ResNet50, "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    normalisation=CAFFE,
    residual_norm=re.compile(r"(conv\d_block\d)_[123]_bn"),
)
