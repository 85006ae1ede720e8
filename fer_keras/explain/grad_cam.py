"""Grad-CAM: which parts of the last feature map raise a class's logit (Selvaraju et al. 2017).

Ours, because tf-keras-vis does not serve these networks: its 0.8.7, on Keras 3, watches nothing but the input
(`GradientTape(watch_accessed_variables=False)`), and ours takes uint8, which no tape records. So it gets no gradient
("'NoneType' object has no attribute 'ndim'"). Here the network is cut at the feature map, and that is what is watched.
"""

import numpy as np

from fer_keras.io.errors import expected

BATCH = 128


class GradCam:
    """Grad-CAM of a network, at one of its layers.

    Attributes:
        layer: the name of the layer whose output is weighed.
    """

    def __init__(self, network, layer: str | None = None):
        """Cut `network`, a functional keras.Model with one input and probabilities [N, K] as output.

        Args:
            layer: name of a layer with an output (B, h, w, C); None takes the last one with more than one position that
                everything passes through.

        Raises UserError where there is no such layer, the network cannot be cut there, or Keras does not run on TensorFlow.
        """
        import keras

        if keras.backend.backend() != "tensorflow":
            raise expected("Keras on TensorFlow for Grad-CAM", keras.backend.backend(), "Unset KERAS_BACKEND.")
        maps = _maps(network)
        if layer is not None and layer not in maps:
            raise expected(f"a layer with a feature map ({', '.join(maps)})", repr(layer))
        for name in [layer] if layer else reversed(maps):
            try:
                upper = keras.Model(maps[name], _logits(network))
            except Exception:  # Keras raises ValueError or KeyError where a path leads round the layer
                continue
            self.layer, self._upper = name, upper
            self._lower = keras.Model(network.input, maps[name])
            return
        if layer:
            raise expected("a layer that everything passes through", repr(layer), "Name another.")
        raise expected("a network with a feature map that everything passes through", network.name)

    def __call__(self, faces: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Return float32 [N, h, w], none negative: for faces uint8 [N, side, side, C] the map of the class `places` [N].

        relu(sum over channels of mean gradient times activation); zero where no position raises the logit.
        """
        parts = range(0, len(faces), BATCH)
        return np.concatenate([self._of(faces[i : i + BATCH], places[i : i + BATCH]) for i in parts])

    def _of(self, faces, places):
        import tensorflow as tf

        features = tf.convert_to_tensor(self._lower(faces, training=False))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(features)
            logits = tf.cast(self._upper(features, training=False), tf.float32)
            score = tf.gather(logits, places, batch_dims=1)
        gradients = tf.cast(tape.gradient(score, features), tf.float32)
        weights = tf.reduce_mean(gradients, axis=(1, 2), keepdims=True)
        return tf.nn.relu(tf.reduce_sum(weights * tf.cast(features, tf.float32), axis=-1)).numpy()


def _maps(network) -> dict:
    """Return {layer: its output (B, h, w, C)} of those with more than one position, in the network's order."""
    from fer_keras import keras_internals

    outputs = {layer.name: keras_internals.tensors_around(layer)[1] for layer in network.layers[1:]}
    return {name: out for name, out in outputs.items() if len(out.shape) == 4 and out.shape[1] * out.shape[2] > 1}


def _logits(network):
    """Return what the softmax at the end is of; where the end is another layer, its logarithm."""
    import keras

    last = network.layers[-1]
    if isinstance(last, keras.layers.Activation) and last.activation is keras.activations.softmax:
        return last.input
    return keras.ops.log(network.output + 1e-9)
