"""Images trained a second: ours, the same network of stock layers under Keras's defaults, and PyTorch where installed.

    python -m benchmarks.train_step [--sizes 48 96] [--only resnet18 compact]

Ours: the layers, the optimizer, the precision and the compilation with which the suite trains. Stock: Keras's, float32,
`jit_compile="auto"`. PyTorch (optional, no requirement of the project): torchvision's network of that name,
channels last, bfloat16 autocast where ours is bfloat16. Adam and cross-entropy in all of them.
"""

import argparse
import statistics

from benchmarks import torch_step
from benchmarks.cases import BATCHES, NETWORKS, SMALLEST, dtype_of
from benchmarks.common import Target, publish, ratio, round_robin, spread
from fer_keras import runtime


def main() -> None:
    asked = _asked()
    runtime.prepare(training=True)
    for size in asked.sizes:
        _measure(size, asked)


def _measure(size, asked) -> None:
    """Measure every network at `size` px and publish them together."""
    import keras

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
    from benchmarks import networks
    from fer_keras.training import precision

    chosen = precision.choose(network=name)
    dtype = dtype_of(chosen)
    ours = networks.compiled(name, size, chosen)
    cases = {"ours": networks.step_of(ours, size), "stock Keras": networks.step_of(networks.stock(name, size), size)}
    products = {of: networks.matrix_product(of) for of in dict.fromkeys(("float32", dtype))}
    with torch_step.stepping(name, size, BATCHES[size], dtype) as theirs:
        cases |= {"PyTorch": theirs} if theirs else {}
        rates = round_robin(cases | products, rounds=asked.rounds, seconds=asked.seconds)
    return rates, _share_of_product(rates["ours"], rates[dtype], networks.multiply_adds(ours))


def _lines(name, size, rates, share: float):
    """Yield the rows of the table for one network."""
    from fer_keras.training import precision

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
    from fer_keras.training import precision

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


def _share_of_product(ours, product, macs: int) -> float:
    """Return the median share; a training step is three forward passes' worth of operations, two for each multiply-add."""
    pairs = zip(ours.wall, product.wall, strict=True)
    return statistics.median(6 * macs * one / two for one, two in pairs)


if __name__ == "__main__":
    main()
