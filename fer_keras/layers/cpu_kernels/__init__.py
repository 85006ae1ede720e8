"""Layers of Keras that compute the same in less time where TensorFlow's CPU kernels are slow."""

import keras

from fer_keras.layers.cpu_kernels.fast_conv import FastConv2D
from fer_keras.layers.cpu_kernels.fast_depthwise import FastDepthwiseConv2D
from fer_keras.layers.cpu_kernels.fused_batch_norm import FusedBatchNormalization

FAST_LAYERS = {
    keras.layers.BatchNormalization: FusedBatchNormalization,
    keras.layers.Conv2D: FastConv2D,
    keras.layers.DepthwiseConv2D: FastDepthwiseConv2D,
}
"""{a layer of Keras: the suite's}. Each has the other's arguments, config, weights and numbers."""

STOCK_LAYERS = {fast: stock for stock, fast in FAST_LAYERS.items()}
"""The same the other way round."""
