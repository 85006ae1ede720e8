"""Where the layers that TensorFlow's CPU kernels hold up take another way."""

import keras


def on_tensorflow_cpu() -> bool:
    """Say whether the backend is TensorFlow and has nothing but CPUs."""
    devices = keras.distribution.list_devices
    return keras.backend.backend() == "tensorflow" and not devices("gpu") and not devices("tpu")
