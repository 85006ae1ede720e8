"""What TensorFlow's oneDNN operations bring on this processor: the suite's steps and predictions with and without them.

    python -m benchmarks.onednn [--only compact resnet18]
    python -m benchmarks.onednn NETWORK      answers each line on standard input: "train", "predict"

TensorFlow decides once a process, so each side has one of its own; they take turns.
"""

import argparse
import contextlib
import sys

from benchmarks.cases import BATCHES
from benchmarks.common import answering, publish, ratio, round_robin, spread
from fer_keras import runtime

SIDE = 48
NETWORKS = ("compact", "resnet18", "resnet50", "efficientnetb3", "mobilenetv3small")
SWITCH = {"with": "1", "without": "0"}
WORK = {"train": "training step", "predict": "one face predicted"}


def main() -> None:
    asked = _asked()
    if asked.network:
        _answer(asked.network)
        return
    lines = []
    for name in asked.only:
        for line in _lines(name, asked):
            lines.append(line)
            print(*line, flush=True)
    note = (
        f"`TF_ENABLE_ONEDNN_OPTS` 1 and 0, each in a process of its own, at {SIDE} px, training in batches of"
        f" {BATCHES[SIDE]} in the precision that the suite chooses here; ratios are medians (least to most) over"
        f" {asked.rounds} turns of {asked.seconds:g} s. The suite sets it to 1 for training, unless the user has set it."
    )
    columns = ("network", "", "images/s with", "without", "with is faster by")
    publish("onednn", "TensorFlow's oneDNN operations", note, columns, lines, [])


def _lines(name, asked):
    """Yield the rows of the table for one network."""
    with contextlib.ExitStack() as stack:
        sides = {
            side: stack.enter_context(answering("benchmarks.onednn", name, TF_ENABLE_ONEDNN_OPTS=value))
            for side, value in SWITCH.items()
        }
        for work, title in WORK.items():
            calls = {side: lambda ask=ask, work=work: int(ask(work)) for side, ask in sides.items()}
            rates = round_robin(calls, rounds=asked.rounds, seconds=asked.seconds)
            shown = (rates[side].median() for side in SWITCH)
            yield name, title, *shown, spread(ratio(rates, "with", "without"))


def _answer(name) -> None:
    """Train on a batch, or predict one face, for each line that comes in, and answer with how many faces that was."""
    runtime.prepare(training=True)
    import numpy as np

    from benchmarks import networks
    from fer_keras.training import precision

    model = networks.compiled(name, SIDE, precision.choose(network=name))
    face = np.zeros((1, *model.input_shape[1:]), np.uint8)
    work = {"train": networks.step_of(model, SIDE), "predict": lambda: len(model.predict_on_batch(face))}
    for line in sys.stdin:
        print(work[line.strip()](), flush=True)


def _asked():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", choices=NETWORKS, help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
