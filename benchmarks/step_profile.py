"""Where a training step's time goes: ours, the same network of stock layers, and PyTorch where installed.

    python -m benchmarks.step_profile

The networks and sizes at which `benchmarks.train_step` misses a goal, as TensorFlow's and PyTorch's own profilers see their
steps. One operation at a time (each still on all cores), so that the times of a step add up.
"""

import argparse
import collections
import pathlib
import re
import statistics
import tempfile
import time
from collections.abc import Callable

from benchmarks import torch_step
from benchmarks.cases import BATCHES, dtype_of
from benchmarks.common import publish
from fer_keras import runtime

CASES = (("resnet18", 48), ("mobilenetv3small", 48), ("mobilenetv3small", 96), ("mobilenetv3small", 224))
KINDS = torch_step.KINDS
STEPS, TURNS = 5, 3
OPERATION = re.compile(r"(?P<path>[^:]*):_?(?P<kind>[A-Z]\w*)")
"""An event of TensorFlow's profiler: "network/conv1/Conv2D:_MklNativeConv2D"."""
OPTIMIZER = re.compile(r"adam\w*/")
NORM = re.compile(r"bn(_\d+)?/")
"""In the paths of what a batch norm layer does, forward and backward: all of them are called "..._bn" here."""


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtime.prepare(training=True)
    import keras
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    lines = []
    for name, size in CASES:
        for whose, parts in _measure(name, size).items():
            lines.append((name, f"{size}", whose, *(f"{parts[kind]:.1f}" for kind in ("step", *KINDS, "between"))))
            print(*lines[-1], flush=True)
        keras.backend.clear_session()
    note = (
        f"Milliseconds of a step, by kind of operation; medians of {TURNS} turns of {STEPS} steps. Batches as in the table of"
        " the training step. One operation runs at a time, and profiling itself costs, so that these steps are slower than"
        " those there; between: what no operation accounts for."
    )
    columns = ("network", "px", "", "a step", *KINDS, "between")
    publish("step_profile", "Where a training step's time goes", note, columns, lines, [])


def _measure(name: str, size: int) -> dict[str, dict[str, float]]:
    """Return {whose step: {kind: milliseconds}}, the medians over turns in which each had its own."""
    from benchmarks import networks
    from fer_keras.training import precision

    chosen = precision.choose(network=name)
    rows = BATCHES[size]
    ours, stock = (
        networks.step_of(make(name, size), size)
        for make in (lambda *asked: networks.compiled(*asked, chosen), networks.stock)
    )
    with torch_step.profiling(name, size, rows, dtype_of(chosen), STEPS) as theirs:
        cases = {"ours": lambda: _tensorflow_parts(ours), "stock Keras": lambda: _tensorflow_parts(stock)}
        cases |= {"PyTorch": theirs} if theirs else {}
        turns = [{whose: case() for whose, case in cases.items()} for _ in range(TURNS + 1)][1:]
    middle = {whose: [turn[whose] for turn in turns] for whose in cases}
    return {
        whose: {part: statistics.median(turn[part] for turn in found) for part in found[0]}
        for whose, found in middle.items()
    }


def _tensorflow_parts(step: Callable[[], int]) -> dict[str, float]:
    """Return {"step" and each kind: milliseconds} of one step, as TensorFlow's profiler has it."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        began = time.perf_counter()
        for _ in range(STEPS):
            step()
        wall = (time.perf_counter() - began) * 1e3 / STEPS
        tf.profiler.experimental.stop()
        parts = collections.Counter(dict.fromkeys(KINDS, 0.0))
        for path, kind, milliseconds in _operations(pathlib.Path(folder)):
            parts[_kind_of(path, kind)] += milliseconds / STEPS
    return {"step": wall, **parts, "between": wall - sum(parts.values())}


def _operations(folder: pathlib.Path):
    """Yield (path in the graph, kind, milliseconds) of each operation that the profiler saw run on the host."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace()
    space.ParseFromString(next(folder.rglob("*.xplane.pb")).read_bytes())
    host = next(plane for plane in space.planes if plane.name == "/host:CPU")
    for line in host.lines:
        for event in line.events:
            found = OPERATION.fullmatch(host.event_metadata[event.metadata_id].name)
            if found and "Call" not in found["kind"]:
                yield found["path"], found["kind"], event.duration_ps / 1e9


def _kind_of(path: str, kind: str) -> str:
    from fer_keras.layers.cpu_kernels import fast_conv, fast_depthwise

    if OPTIMIZER.match(path):
        return "optimizer"
    if "Depthwise" in kind or fast_depthwise.KERNEL_GRADIENT in path:
        return "depthwise"
    if "Conv2D" in kind or "MatMul" in kind or fast_conv.KERNEL_GRADIENT in path:
        return "convolution"
    return "batch norm" if NORM.search(path) else "other"


if __name__ == "__main__":
    main()
