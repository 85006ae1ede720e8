"""Images trained a second: ours, the same network of stock layers under Keras's defaults, and PyTorch where installed.

    python -m benchmarks.train_step [--sizes 48 96] [--only resnet18 house]

Ours: the layers, the optimizer, the precision and the compilation with which the suite trains. Stock: Keras's, float32,
`jit_compile="auto"`. PyTorch (optional, no requirement of the project): torchvision's network of that name,
channels last, bfloat16 autocast where ours is bfloat16. Adam and cross-entropy in all of them.
"""

import argparse
import math
import statistics

import keras
import numpy as np

from benchmarks import in_the_way, torch_step
from benchmarks.common import Target, publish, ratio, round_robin, spread
from experiments.house import HOUSE
from fer_keras import settings
from fer_keras.models import builder
from fer_keras.models.backbones import QUICKER
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
PRODUCT, PRODUCT_SIDE = "matrix product", 2048
SMALLEST = {"xception": 71}


def main() -> None:
    asked = _asked()
    for size in asked.sizes:
        _measure(size, asked)


def _measure(size, asked) -> None:
    """Measure every network at `size` px and publish them together."""
    lines, gains, against, shares = [], {}, {}, {}
    for name in asked.only:
        if size < SMALLEST.get(name, 0):
            continue
        chosen = precision.choose(network=name)
        ours = compiled(name, size, chosen)
        cases = {"ours": step_of(ours, size), "stock Keras": step_of(stock(name, size), size)}
        with torch_step.stepping(name, size, BATCHES[size], dtype_of(chosen)) as theirs:
            cases |= {"PyTorch": theirs} if theirs else {}
            turns = cases | {PRODUCT: _matrix_product(chosen)}
            rates = round_robin(turns, rounds=asked.rounds, seconds=asked.seconds)
        shares[name] = _share_of_product(rates, multiply_adds(ours))
        for case in cases:
            found = ratio(rates, "ours", case)
            is_ours = case == "ours"
            share = f"{100 * shares[name]:.0f} %" if is_ours else ""
            whose = f"{case}, {dtype_of(chosen)}" if is_ours else case
            lines.append((name, f"{size}", f"{BATCHES[size]}", whose, rates[case].median(), spread(found), share))
            print(*lines[-1], flush=True)
            (gains if case == "stock Keras" else against if case == "PyTorch" else {})[name] = found[1]
        keras.backend.clear_session()
    slowest = min(against, key=against.get, default=None)
    beside = f", least: {slowest}" if slowest else ""
    why = in_the_way.sentence(slowest, size, "PyTorch") if slowest else ""
    targets = [Target(f"times PyTorch, every backbone{beside}", 1, against.get(slowest), why=why)]
    if size == 48:
        chosen = precision.choose(network="resnet18")
        why = f"{chosen.policy} ({chosen.reason}); {in_the_way.sentence('resnet18', size, 'stock Keras')}"
        targets = [Target("times stock Keras, ResNet-18 at 48 px", 2.5, gains.get("resnet18"), why=why), *targets]
    note = (
        f"Ours runs in the precision named, stock Keras in float32, PyTorch in the precision of ours; ratios are medians"
        f" (least to most) over {asked.rounds} turns. The last column: the step's multiplications and additions a second, as a"
        " share of what the same cores reach in a plain product of two 2048 x 2048 matrices of the same precision. PyTorch's"
        " steps run in a process of their own."
    )
    columns = ("network", "px", "batch", "", "images/s", "ours is faster by", "of a matrix product's speed")
    publish(f"train_step_{size}", "Training step", note, columns, lines, targets)


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


def _matrix_product(chosen):
    """Return a call that multiplies two matrices and returns how many floating-point operations that was."""
    one = keras.ops.cast(keras.random.normal((PRODUCT_SIDE, PRODUCT_SIDE)), dtype_of(chosen))

    def multiply():
        float(keras.ops.cast(keras.ops.matmul(one, one)[0, 0], "float32"))
        return 2 * PRODUCT_SIDE**3

    return multiply


def _share_of_product(rates, macs: int) -> float:
    """Return the median share; a training step is three forward passes' worth of operations, two for each multiply-add."""
    pairs = zip(rates["ours"].wall, rates[PRODUCT].wall, strict=True)
    return statistics.median(6 * macs * ours / product for ours, product in pairs)


def multiply_adds(model) -> int:
    """Return the multiplications of one image's way through convolutions and dense layers."""
    total = 0
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
        elif kernels := [weight for weight in layer.weights if len(weight.shape) == 4 and not _has_layers(layer)]:
            height, width = layer.output.shape[1:3]
            total += sum(math.prod(kernel.shape) for kernel in kernels) * height * width
    return total


def _has_layers(layer) -> bool:
    return bool(layer._flatten_layers(include_self=False, recursive=False))


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
    stock = {quick: theirs for theirs, quick in QUICKER.items()}
    return stock.get(type(layer), type(layer)).from_config(layer.get_config())


if __name__ == "__main__":
    main()
