"""Residual blocks that begin as the identity, so that a deep network from scratch learns from its first steps."""

import re

import keras

BRANCH_NORM = re.compile(
    r"(conv\d+_block\d+)_[1-9]_bn"  # ResNets, whose ..._0_bn is the shortcut's
    r"|(block\d+[a-z]|expanded_conv(?:_\d+)?|stage\d_block\d)_project_bn"  # EfficientNet, MobileNetV3, EfficientNet-Lite0
    r"|(block(?:[2-9]|1[0-3]))_sepconv\d_bn"  # Xception, whose blocks 1 and 14 have no shortcut
)
"""Batch norms of residual branches, as keras.applications names them."""


def begin_as_identity(network: keras.Model) -> int:
    """Set gamma to zero in the last batch norm of each residual branch and return how many blocks there were.

    A block with a convolution in its shortcut begins as that shortcut. Goyal et al. 2017, "Accurate, Large Minibatch SGD",
    §5.1, for ResNets; here for the other backbones too. A network without such names is left as it is.
    """
    names = {layer.name for layer in network.layers}
    last = {}
    for layer in network.layers:
        match = BRANCH_NORM.fullmatch(layer.name)
        if match and (match[2] is None or f"{match[2]}_add" in names):
            last[match[match.lastindex]] = layer
    for layer in last.values():
        layer.gamma.assign(keras.ops.zeros(layer.gamma.shape))
    return len(last)
