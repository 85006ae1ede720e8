"""Adam and AdamW whose step is one kernel on a CPU under TensorFlow."""

import keras

from fer_keras import keras_internals
from fer_keras.keras_internals import OneRateAStep
from fer_keras.layers.cpu_kernels.tensorflow_cpu import on_tensorflow_cpu
from fer_keras.training.averaging import RawWeights


class FusedStep:
    """Mixed into Keras's Adam: TensorFlow's `ResourceApplyAdam` in place of a chain of operations over each weight.

    State, config and numbers are Keras's, whose chain reads and writes every weight and both of its averages several
    times over. Whatever the kernel cannot do (`amsgrad`, weights other than float32, sparse gradients, replicas that
    tf.distribute mirrors, an accelerator, another backend) is left to Keras.
    """

    def update_step(self, gradient, variable, learning_rate):
        if not (on_tensorflow_cpu() and self._fits_kernel(gradient, variable)):
            super().update_step(gradient, variable, learning_rate)
            return
        import tensorflow as tf  # only this backend comes here, and importing the module must not load it

        momentum, velocity = keras_internals.adam_slots(self, variable)
        steps = tf.cast(self.iterations + 1, "float32")
        tf.raw_ops.ResourceApplyAdam(
            var=keras_internals.resource(variable),
            m=keras_internals.resource(momentum),
            v=keras_internals.resource(velocity),
            beta1_power=self.beta_1**steps,
            beta2_power=self.beta_2**steps,
            lr=tf.cast(learning_rate, "float32"),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.cast(gradient, "float32"),
        )

    def _fits_kernel(self, gradient, variable) -> bool:
        import tensorflow as tf

        return (
            not self.amsgrad
            and keras.backend.standardize_dtype(variable.dtype) == "float32"
            and not isinstance(gradient, tf.IndexedSlices)
            and tf.distribute.get_strategy().num_replicas_in_sync == 1
        )


@keras.saving.register_keras_serializable("fer_keras")
class FusedAdamW(RawWeights, OneRateAStep, FusedStep, keras.optimizers.AdamW):
    """`keras.optimizers.AdamW`, its step in one kernel where there is one; the decay is Keras's, before it."""
