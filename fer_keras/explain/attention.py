"""The attention that a network computes itself: where (a map over positions) and what (weights of channels)."""

import numpy as np

from fer_keras.explain.maps import Map

BATCH = 256


class Attention:
    """The attention layers of a network, and what they compute.

    Attributes:
        kinds: {name of a layer: "spatial_attention", "self_attention" or "channel_attention"}, in the network's order.
    """

    def __init__(self, network):
        """Look for the suite's attention layers in `network`, a functional keras.Model, also inside its backbone."""
        import keras

        from fer_keras.keras_internals import tensors_around

        self._layers = [layer for layer in network.layers if _kind(layer)]
        self._grids = [_grid(network, layer) for layer in self._layers]
        inner = [layer for layer in network.layers if isinstance(layer, keras.Model)]
        self._inner = [(layer, attention) for layer in inner if (attention := Attention(layer)).kinds]
        wanted = [tensors_around(layer)[0] for layer in (*self._layers, *(layer for layer, _ in self._inner))]
        self._inputs = keras.Model(network.input, wanted) if wanted else None
        self.kinds = {layer.name: _kind(layer) for layer in self._layers}
        for _, attention in self._inner:
            self.kinds |= attention.kinds

    def __call__(self, faces: np.ndarray) -> dict[str, np.ndarray]:
        """Return {layer: float32 [N, ...]} of faces uint8 [N, side, side, C].

        Of spatial attention its mask [N, h, w]; of self-attention the attention that each token's position gets, the
        mean over heads and over the tokens that give it [N, h, w], which sums to one; of channel attention the weights
        [N, C], each in (0, 1).
        """
        if not self.kinds:
            return {}
        parts = [self._of(faces[i : i + BATCH]) for i in range(0, len(faces), BATCH)]
        return {name: np.concatenate([part[name] for part in parts]) for name in self.kinds}

    def _of(self, batch):
        features = self._inputs(batch, training=False)
        features = features if isinstance(features, list) else [features]
        here, inside = features[: len(self._layers)], features[len(self._layers) :]
        found = {
            layer.name: _computed(layer, each, grid)
            for layer, each, grid in zip(self._layers, here, self._grids, strict=True)
        }
        for (_, attention), each in zip(self._inner, inside, strict=True):
            found |= attention._of(each)
        return found

    def maps(self, face: np.ndarray) -> list[Map]:
        """Return the maps over positions of one face uint8 [side, side, C]."""
        return [
            Map(self.kinds[name], values[0], layer=name)
            for name, values in self(face[None]).items()
            if self.kinds[name] != "channel_attention"
        ]

    def channels(self, face: np.ndarray) -> dict[str, np.ndarray]:
        """Return {layer of channel attention: its weights float32 [C]} of one face uint8 [side, side, C]."""
        return {name: values[0] for name, values in self(face[None]).items() if self.kinds[name] == "channel_attention"}


def _kind(layer) -> str | None:
    from fer_keras import layers

    if isinstance(layer, layers.SpatialAttention | layers.SpatialSoftmaxAttention):
        return "spatial_attention"
    if isinstance(layer, layers.SelfAttentionBlock):
        return "self_attention"
    channel = layers.SqueezeExcite | layers.CBAMChannelAttention | layers.SumChannelAttention
    return "channel_attention" if isinstance(layer, channel) else None


def _computed(layer, features, grid) -> np.ndarray:
    from keras import ops

    kind = _kind(layer)
    if kind == "channel_attention":
        values = layer.weigh(features)
    elif kind == "spatial_attention":
        values = ops.squeeze(layer.mask(features), -1)
    else:
        values = ops.reshape(ops.mean(ops.cast(layer.scores(features), "float32"), axis=(1, 2)), (-1, *grid))
    return ops.convert_to_numpy(ops.cast(values, "float32"))


def _grid(network, layer) -> tuple[int, int] | None:
    """Return (h, w) of the feature map whose positions are the tokens of `layer`: the last one before it."""
    if _kind(layer) != "self_attention":
        return None
    before = network.layers[: network.layers.index(layer)]
    shapes = [other.output.shape for other in before if len(getattr(other.output, "shape", ())) == 4]
    return tuple(shapes[-1][1:3])
