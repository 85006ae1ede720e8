"""Public layers, one a file; importing this registers each under "fer_keras", as loading a saved model needs."""

import importlib
import pkgutil

from fer_keras.layers.cbam_channel_attention import CBAMChannelAttention
from fer_keras.layers.class_branches import ClassBranches
from fer_keras.layers.grey_stem import GreyStem
from fer_keras.layers.l2_scale import L2Scale
from fer_keras.layers.normalise import Normalise
from fer_keras.layers.resampling_blur import ResamplingBlur
from fer_keras.layers.resize import Resize
from fer_keras.layers.self_attention_block import SelfAttentionBlock
from fer_keras.layers.spatial_attention import SpatialAttention
from fer_keras.layers.spatial_softmax import SpatialSoftmaxAttention
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.layers.sum_channel_attention import SumChannelAttention

__all__ = [
    "CBAMChannelAttention",
    "ClassBranches",
    "GreyStem",
    "L2Scale",
    "Normalise",
    "ResamplingBlur",
    "Resize",
    "SelfAttentionBlock",
    "SpatialAttention",
    "SpatialSoftmaxAttention",
    "SqueezeExcite",
    "SumChannelAttention",
]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)
