"""What more rows cost: time to the first batch, images a second, memory beyond the data; and data larger than memory.

    python -m benchmarks.scale [--rows 1000 10000 36000 1000000]

Each size runs in a process of its own on a memory-mapped file of synthetic 48x48 faces, under a limit on the memory
that the process may allocate for itself (RLIMIT_DATA), smaller than the largest file.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks.common import Target, publish

ROWS = (1_000, 10_000, 36_000, 1_000_000)
SECONDS, SIDE, BATCH = 10.0, 48, 64
LIMIT_MB = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    parser.add_argument("--child", type=pathlib.Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(_measured(asked.child)))
        return
    found = {rows: _in_a_process(rows) for rows in asked.rows}
    lines = [
        (
            f"{rows:,}",
            f"{one['data_mb']:,.0f} MB",
            f"{one['first']:.2f} s",
            one["rate"],
            f"{one['own_mb']:,.0f} MB",
        )
        for rows, one in found.items()
    ]
    smallest, largest = (found[pick(found)] for pick in (min, max))
    growth, data = (largest[key] - smallest[key] for key in ("own_mb", "data_mb"))
    targets = [
        Target(
            "own memory for more rows, share of their pixels (labels, ids, the plan)", 0.1, growth / data, at_most=True
        ),
        Target("size of the largest data over the limit on the process", 1, largest["data_mb"] / LIMIT_MB),
    ]
    note = (
        f"Full augmentation of paper 003 at {SIDE} px, batch {BATCH}, {SECONDS:g} s each; RLIMIT_DATA {LIMIT_MB:,} MB. Own"
        " memory: the most that the process held apart from files it maps (RssAnon), TensorFlow's share included."
    )
    columns = ("rows", "pixels", "first batch after", "images/s", "own memory")
    publish("scale", "More rows", note, columns, lines, targets)


def _in_a_process(rows: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "images.npy"
        _write(path, rows)
        command = [sys.executable, "-m", "benchmarks.scale", "--child", str(path)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, preexec_fn=_limited, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT_MB * 10**6,) * 2)


def _write(path: pathlib.Path, rows: int) -> None:
    images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(rows, SIDE, SIDE, 1))
    rng = np.random.default_rng(0)
    for start in range(0, rows, 10_000):
        part = images[start : start + 10_000]
        part[:] = rng.integers(0, 256, part.shape, dtype=np.uint8)
    images.flush()


def _measured(path: pathlib.Path) -> dict:
    from fer_keras.config.labels import FER2013_CLASSES, TRAIN
    from fer_keras.data import pipeline
    from fer_keras.data.faces import Faces
    from fer_keras.recipes.p003_hybrid_resnet50 import HYBRID

    images = np.load(path, mmap_mode="r")
    rows = np.arange(len(images))
    split = np.full(len(images), TRAIN)
    faces = Faces(images, rows % 7, split, rows, FER2013_CLASSES, "synthetic", synthetic=True)
    treatment = pipeline.Treatment(HYBRID.augment)
    began = time.perf_counter()
    batches = iter(pipeline.training_batches(faces, treatment, batch_size=BATCH, seed=0, epochs=1000))
    seen = len(next(batches)[0])
    first, seen = time.perf_counter() - began, 0
    began, most = time.perf_counter(), 0.0
    while time.perf_counter() - began < SECONDS:
        for _ in range(20):
            seen += len(next(batches)[0])
        most = max(most, _own_mb())
    rate = seen / (time.perf_counter() - began)
    return {"data_mb": images.nbytes / 1e6, "first": first, "rate": rate, "own_mb": most}


def _own_mb() -> float:
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) / 1000


if __name__ == "__main__":
    main()
