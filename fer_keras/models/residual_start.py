"""Residual blocks that begin as the identity, so that a deep network from scratch learns from its first steps."""

import keras

from fer_keras.models.backbones import recognise


def begin_as_identity(network: keras.Model) -> int:
    """Set gamma to zero in the last batch norm of each residual branch and return how many blocks there were.

    A block with a convolution in its shortcut begins as that shortcut. Goyal et al. 2017, "Accurate, Large Minibatch SGD",
    §5.1, for ResNets; here for the other backbones too (`Backbone.residual_norm`). Another network is left as it is.
    """
    known = recognise(network)
    if known is None or known.residual_norm is None:
        return 0
    sums = {layer.name for layer in network.layers if layer.name.endswith("_add")}
    last = {}
    for layer in network.layers:
        match = known.residual_norm.fullmatch(layer.name)
        # Where sums are named after their blocks, a block without one has no shortcut.
        if match and (not sums or f"{match[1]}_add" in sums):
            last[match[1]] = layer
    for layer in last.values():
        layer.gamma.assign(keras.ops.zeros(layer.gamma.shape))
    return len(last)
