"""Residual blocks that begin as the identity, so that a deep network from scratch learns from its first steps."""

import re

import keras

BRANCH_NORM = re.compile(r"(conv\d+_block\d+)_([1-9])_bn")
"""Batch norms of a ResNet's residual branches, as keras.applications names them; `..._0_bn` is the shortcut's."""


def begin_as_identity(resnet: keras.Model) -> int:
    """Set gamma to zero in the last batch norm of each residual branch and return how many blocks there were.

    Goyal et al. 2017, "Accurate, Large Minibatch SGD", §5.1. A network without such names is left as it is.
    """
    last = {}
    for layer in resnet.layers:
        if match := BRANCH_NORM.fullmatch(layer.name):
            last[match[1]] = layer
    for layer in last.values():
        layer.gamma.assign(keras.ops.zeros(layer.gamma.shape))
    return len(last)
