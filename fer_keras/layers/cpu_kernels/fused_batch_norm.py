"""Batch normalisation that hands the whole job to one kernel where TensorFlow has one."""

import keras

SMALLEST_EPSILON = 1.001e-5
"""cuDNN refuses a smaller epsilon."""


@keras.saving.register_keras_serializable("fer_keras")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, computed by `FusedBatchNormV3` on the TensorFlow backend.

    Arguments, weights, their order, the config and the numbers are the parent's. Keras 3 writes training-mode batch
    normalisation as a chain of element-wise operations, each of which reads and writes the whole activation; the fused
    kernel does it in fewer passes, and in float16 and bfloat16 takes it as it is, with statistics in float32. Whatever
    the kernel cannot do (another axis or rank, a mask, `renorm`, statistics `synchronized` over devices, float64, an
    epsilon under 1.001e-5, another backend) is left to the parent.

    Input and output: (B, H, W, C), floating point.
    """

    def call(self, inputs, training=None, mask=None):
        by_batch = training and self.trainable
        if mask is not None or not self._fits_kernel(inputs) or (by_batch and self.synchronized):
            return super().call(inputs, training=training, mask=mask)
        if by_batch:
            return self._normalise_by_batch(inputs)
        return self._normalise_by_moving_statistics(inputs)

    def _fits_kernel(self, inputs) -> bool:
        return (
            keras.backend.backend() == "tensorflow"
            and len(inputs.shape) == 4
            and self.axis in (-1, 3)
            and not self.renorm
            and self.epsilon >= SMALLEST_EPSILON
            and keras.backend.standardize_dtype(inputs.dtype) in ("float32", "float16", "bfloat16")
        )

    def _normalise_by_batch(self, inputs):
        outputs, mean, variance = self._kernel(inputs, mean=[], variance=[], is_training=True)
        # The kernel returns the unbiased variance n / (n - 1) and treats n = 1 as n = 2; Keras averages the biased one.
        shape = keras.ops.shape(inputs)
        n = keras.ops.cast(shape[0] * shape[1] * shape[2], "float32")
        variance = variance * (keras.ops.maximum(n - 1.0, 1.0) / n)
        self._move(self.moving_mean, mean)
        self._move(self.moving_variance, variance)
        return outputs

    def _normalise_by_moving_statistics(self, inputs):
        mean, variance = (keras.ops.convert_to_tensor(v) for v in (self.moving_mean, self.moving_variance))
        return self._kernel(inputs, mean=mean, variance=variance, is_training=False)[0]

    def _kernel(self, inputs, mean, variance, is_training: bool):
        """Return outputs (B, H, W, C) of the input's type, and the batch's mean and variance (C,) in float32."""
        import tensorflow as tf  # only this backend comes here, and importing the layer must not load it

        channels = (inputs.shape[-1],)
        gamma = keras.ops.convert_to_tensor(self.gamma) if self.scale else keras.ops.ones(channels, "float32")
        beta = keras.ops.convert_to_tensor(self.beta) if self.center else keras.ops.zeros(channels, "float32")
        result = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=gamma,
            offset=beta,
            mean=mean,
            variance=variance,
            epsilon=self.epsilon,
            is_training=is_training,
        )
        return result.y, result.batch_mean, result.batch_variance

    def _move(self, statistic, batch):
        statistic.assign(statistic * self.momentum + batch * (1.0 - self.momentum))
