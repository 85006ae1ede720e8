"""Paper 004's vector normalisation: onto the unit sphere, then scaled and shifted."""

import keras
from keras import ops

SMALLEST = 1e-12
"""Added to no vector, but a squared length below it counts as this, so that a zero vector stays zero."""


@keras.saving.register_keras_serializable("fer_keras")
class L2Scale(keras.layers.Layer):
    """Return gamma * v / ||v|| + beta for each vector (Paper 004, §2.2.2, eqs. 4 to 6).

    gamma and beta are trainable, one number a feature, and start at 1 and 0. The length is computed in float32
    whatever the dtype policy.

    Input and output: (B, C), floating point.
    """

    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="beta")

    def call(self, inputs):
        wide = ops.cast(inputs, "float32")
        squared_length = ops.sum(ops.square(wide), axis=-1, keepdims=True)
        unit = wide * ops.rsqrt(ops.maximum(squared_length, SMALLEST))
        return ops.cast(unit, inputs.dtype) * self.gamma + self.beta

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)
