"""The networks of `benchmarks.cases`: ours and of stock layers, their steps, and what these compute.

Importing this loads TensorFlow, so a benchmark does it when its arguments are known: `--help` is quick and does nothing.
"""

import math

import keras
import numpy as np

from benchmarks.cases import BATCHES, NETWORKS
from fer_keras import keras_internals
from fer_keras.config import settings
from fer_keras.layers.cpu_kernels import STOCK_LAYERS
from fer_keras.models import builder
from fer_keras.training import optimizers

PRODUCT_SIDE = 2048


def matrix_product(dtype: str):
    """Return a call that multiplies two matrices of `dtype` and returns how many floating-point operations that was."""
    one = keras.ops.cast(keras.random.normal((PRODUCT_SIDE, PRODUCT_SIDE)), dtype)

    def multiply():
        float(keras.ops.cast(keras.ops.matmul(one, one)[0, 0], "float32"))
        return 2 * PRODUCT_SIDE**3

    return multiply


def multiply_adds(model) -> int:
    """Return the multiplications of one image's way through convolutions and dense layers."""
    total = 0
    for layer in keras_internals.layers_within(model):
        if isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
        elif kernels := [weight for weight in layer.weights if len(weight.shape) == 4 and not _has_layers(layer)]:
            height, width = layer.output.shape[1:3]
            total += sum(math.prod(kernel.shape) for kernel in kernels) * height * width
    return total


def _has_layers(layer) -> bool:
    return bool(keras_internals.layers_within(layer))


def step_of(model, size):
    """Return a call that trains on one batch and returns its rows."""
    rng, rows = np.random.default_rng(0), BATCHES[size]
    images = rng.integers(0, 256, (rows, *model.input_shape[1:]), dtype=np.uint8)
    labels = rng.integers(0, 7, rows)

    def step():
        model.train_on_batch(images, labels)
        return rows

    return step


def network(name, size):
    """Return a network of NETWORKS, not compiled, under the dtype policy that is set."""
    model, arguments = NETWORKS[name]
    return builder(model)(**{**arguments, "image_size": size})


def compiled(name, size, chosen):
    """Return the network compiled as the suite compiles it."""
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    model = network(name, size)
    keras.mixed_precision.set_dtype_policy("float32")
    adam = optimizers.build(settings.Optimizer("adam", 1e-3), epochs=1, steps_per_epoch=1)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=chosen.jit)
    return model


def stock(name, size):
    """Return the same network of Keras's own layers, compiled as Keras does by default."""
    model = stock_twin(network(name, size))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def stock_twin(model):
    """Return the same network, newly initialised, of keras's own layers."""
    return keras.models.clone_model(model, clone_function=_stock_layer, recursive=True)


def _stock_layer(layer):
    return STOCK_LAYERS.get(type(layer), type(layer)).from_config(layer.get_config())
