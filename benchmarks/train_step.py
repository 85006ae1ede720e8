"""Images trained a second: ours, the same network of stock layers under Keras's defaults, and PyTorch where installed.

    python -m benchmarks.train_step [--sizes 48 96] [--only resnet18 house]

Ours: the layers, the optimizer, the precision and the compilation with which the suite trains. Stock: Keras's, float32,
`jit_compile="auto"`. PyTorch (optional, no requirement of the project): torchvision's network of that name,
channels last, bfloat16 autocast where ours is bfloat16. Adam and cross-entropy in all of them.
"""

import argparse
import math
import os
import statistics

from fer_keras import runtime

os.environ.update(runtime.for_tensorflow(training=True))

import keras
import numpy as np

from benchmarks import torch_step
from benchmarks.common import Target, publish, ratio, round_robin, spread
from fer_keras import keras_internals
from fer_keras.config import settings
from fer_keras.layers.cpu_kernels import STOCK_LAYERS
from fer_keras.models import builder
from fer_keras.recipes.compact import HOUSE
from fer_keras.train import optimizers, precision

BATCHES = {48: 64, 96: 32, 224: 8}
NETWORKS = {
    "resnet18": ("resnet18_head", {}),
    "resnet34": ("resnet34", {}),
    "resnet50": ("resnet50", {}),
    "efficientnetb3": ("backbone_classifier", {"backbone": "efficientnetb3"}),
    "xception": ("backbone_classifier", {"backbone": "xception"}),
    "mobilenetv3small": ("backbone_classifier", {"backbone": "mobilenetv3small"}),
    "house": (HOUSE.model, HOUSE.model_args),
}
PRODUCT_SIDE = 2048
SMALLEST = {"xception": 71}


def main() -> None:
    asked = _asked()
    for size in asked.sizes:
        _measure(size, asked)


def _measure(size, asked) -> None:
    """Measure every network at `size` px and publish them together."""
    lines, rates = [], {}
    for name in (name for name in asked.only if size >= SMALLEST.get(name, 0)):
        rates[name], share = _rates(name, size, asked)
        for line in _lines(name, size, rates[name], share):
            lines.append(line)
            print(*line, flush=True)
        keras.backend.clear_session()
    note = (
        f"Ours runs in the precision named, stock Keras in float32, PyTorch in the precision of ours; ratios are medians"
        f" (least to most) over {asked.rounds} turns. The last column: the step's multiplications and additions a second, as a"
        " share of what the same cores reach in a plain product of two 2048 x 2048 matrices of the same precision. PyTorch's"
        " steps run in a process of their own."
    )
    columns = ("network", "px", "batch", "", "images/s", "ours is faster by", "of a matrix product's speed")
    publish(f"train_step_{size}", "Training step", note, columns, lines, _targets(size, rates))


def _rates(name, size, asked):
    """Return the rates of one network, {case or type of a matrix product: rate}, and our share of a product's speed."""
    chosen = precision.choose(network=name)
    dtype = dtype_of(chosen)
    ours = compiled(name, size, chosen)
    cases = {"ours": step_of(ours, size), "stock Keras": step_of(stock(name, size), size)}
    products = {of: _matrix_product(of) for of in dict.fromkeys(("float32", dtype))}
    with torch_step.stepping(name, size, BATCHES[size], dtype) as theirs:
        cases |= {"PyTorch": theirs} if theirs else {}
        rates = round_robin(cases | products, rounds=asked.rounds, seconds=asked.seconds)
    return rates, _share_of_product(rates["ours"], rates[dtype], multiply_adds(ours))


def _lines(name, size, rates, share: float):
    """Yield the rows of the table for one network."""
    dtype = dtype_of(precision.choose(network=name))
    shown = {
        "ours": (f"ours, {dtype}", f"{100 * share:.0f} %"),
        "stock Keras": ("stock Keras", ""),
        "PyTorch": ("PyTorch", ""),
    }
    for case, (whose, share_shown) in shown.items():
        if case in rates:
            gain = spread(ratio(rates, "ours", case))
            yield name, f"{size}", f"{BATCHES[size]}", whose, rates[case].median(), gain, share_shown


def _targets(size, rates) -> list[Target]:
    """Return the goals at `size` px: PyTorch's speed for every network, and at 48 px stock Keras's for ResNet-18."""
    against = {name: ratio(found, "ours", "PyTorch")[1] for name, found in rates.items() if "PyTorch" in found}
    slowest = min(against, key=against.get, default=None)
    beside = f", least: {slowest}" if slowest else ""
    profile = (slowest, size, "PyTorch") if slowest else None
    targets = [Target(f"times PyTorch, every backbone{beside}", 1, against.get(slowest), profile=profile)]
    return [*_beside_stock(rates.get("resnet18")), *targets] if size == 48 else targets


def _beside_stock(rates) -> list[Target]:
    """Return the goal for ResNet-18; a faster type of number helps no more than it helps a plain matrix product."""
    what, chosen = "times stock Keras, ResNet-18 at 48 px", precision.choose(network="resnet18")
    dtype = dtype_of(chosen)
    why = f"{chosen.policy} ({chosen.reason})"
    if rates and dtype != "float32":
        gain = ratio(rates, dtype, "float32")[1]
        why += f", in which a plain matrix product is {gain:.2f} times as fast as in float32"
    found = ratio(rates, "ours", "stock Keras")[1] if rates else None
    return [Target(what, 2.5, found, why=why, profile=("resnet18", 48, "stock Keras"))]


def _asked():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(BATCHES), choices=BATCHES)
    parser.add_argument("--only", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    return parser.parse_args()


def dtype_of(chosen) -> str:
    """Return the type that convolutions compute in."""
    return "bfloat16" if chosen.policy == "mixed_bfloat16" else "float32"


def _matrix_product(dtype: str):
    """Return a call that multiplies two matrices of `dtype` and returns how many floating-point operations that was."""
    one = keras.ops.cast(keras.random.normal((PRODUCT_SIDE, PRODUCT_SIDE)), dtype)

    def multiply():
        float(keras.ops.cast(keras.ops.matmul(one, one)[0, 0], "float32"))
        return 2 * PRODUCT_SIDE**3

    return multiply


def _share_of_product(ours, product, macs: int) -> float:
    """Return the median share; a training step is three forward passes' worth of operations, two for each multiply-add."""
    pairs = zip(ours.wall, product.wall, strict=True)
    return statistics.median(6 * macs * one / two for one, two in pairs)


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


if __name__ == "__main__":
    main()
