"""Bit-identical weights from the same command on the same machine, whatever interrupted it in between."""

import keras

from fer_keras import runtime

XLA_FLAG = "--xla_gpu_deterministic_ops=true"


def require() -> None:
    """Let only kernels run whose result does not depend on timing. Call before TensorFlow or JAX has begun.

    What else it takes is done in every run: order and augmentation are keyed on (seed, epoch, row), the states of
    dropout and every sum so far stand in the checkpoint. Equal bits are promised for one machine, one number of threads
    and one number of devices, not across them.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        keras.utils.set_random_seed(0)  # TensorFlow refuses unseeded random operations then; a run sets its own later
        tf.config.experimental.enable_op_determinism()
    if keras.backend.backend() == "jax":
        runtime.add_xla_flag(XLA_FLAG)
