"""The demo, as a newcomer runs it: how long it takes, on the clock and of processor, and what it has learnt by then.

    python -m benchmarks.demo [--seeds 0 1 2]

`python -m experiments.hybrid_resnet50` without data, in a fresh folder, once a seed. Its faces are drawn: that it learns to
tell them apart shows that every part works, and says nothing of photographs.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.common import Target, publish

ROOT = pathlib.Path(__file__).parents[1]
PROGRAM = "experiments.hybrid_resnet50"
CHANCE = 1 / 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    runs = []
    for seed in asked.seeds:
        runs.append(_run(seed))
        print(runs[-1], flush=True)
    lines = [
        (
            f"{run['seed']}",
            f"{100 * run['start']:.1f} %",
            f"{100 * run['end']:.1f} %",
            f"{run['wall'] / 60:.1f} min",
            f"{run['cpu'] / 60:.1f} min",
        )
        for run in runs
    ]
    note = (
        f"`python -m {PROGRAM}` without data, from its start to its end. Balanced accuracy on the 400 drawn test faces, of the"
        f" network that pretrains the backbone and of the hybrid that starts from it; chance is {100 * CHANCE:.1f} %."
    )
    targets = [
        Target("balanced accuracy at the demo's end, least seed", 0.5, min(run["end"] for run in runs)),
        Target(
            "minutes of the demo on two idle cores, by its processor time",
            3.0,
            statistics.median(run["cpu"] for run in runs) / 2 / 60,
            at_most=True,
            why="other programs on the same cores, too, make an operation cost more processor time",
        ),
    ]
    publish("demo", "Demo", note, ("seed", "pretrained", "at the end", "clock", "processor"), lines, targets)


def _run(seed: int) -> dict[str, float]:
    """Return the balanced accuracies that a demo of this seed reaches, and its seconds: `wall` and `cpu`."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"FER2013": "", "PYTHONPATH": str(ROOT), "FER_KERAS_CACHE": f"{folder}/cache"}
        command = [sys.executable, "-m", PROGRAM, "--quiet", "--seed", f"{seed}"]
        began, before = time.perf_counter(), _cpu_of_children()
        subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
        wall, cpu = time.perf_counter() - began, _cpu_of_children() - before
        runs = pathlib.Path(folder) / "runs"
        start, end = (_balanced_accuracy(next(runs.glob(f"{name}-demo-*"))) for name in ("pretrain*", "hybrid*"))
    return {"seed": seed, "start": start, "end": end, "wall": wall, "cpu": cpu}


def _balanced_accuracy(run: pathlib.Path) -> float:
    return json.loads((run / "metrics.json").read_text(encoding="utf-8"))["metrics"]["test"]["balanced_accuracy"]


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
