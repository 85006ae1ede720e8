"""How long a user waits: for the list, for help, for the report's check, and for the first training step of the demo.

    python -m benchmarks.start_up

Each command runs in a fresh process; nothing but the demo loads TensorFlow. The median of several runs is held.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import Target, options, publish

ROOT = Path(__file__).parents[1]
QUICK = {
    "python -m experiments": ("-m", "experiments"),
    "python -m experiments.hybrid_resnet50 --help": ("-m", "experiments.hybrid_resnet50", "--help"),
    "python -m fer_keras.report --check": ("-m", "fer_keras.report", "--check"),
}
IMPORT = "python -c 'import keras'"
DEMO = "python -m experiments.hybrid_resnet50"


def main() -> None:
    asked = options(__doc__)
    took = {name: [_seconds(*command) for _ in range(asked.rounds)] for name, command in QUICK.items()}
    took[IMPORT] = imports = [_seconds("-c", "import keras") for _ in range(min(3, asked.rounds))]
    took[f"{DEMO}, to the first step's end"] = demo = [_first_step() for _ in range(min(3, asked.rounds))]
    lines = [(name, f"{statistics.median(s):.2f} s", f"{min(s):.2f} to {max(s):.2f} s") for name, s in took.items()]
    slowest = max(statistics.median(took[name]) for name in QUICK)
    why = (
        f"importing TensorFlow and Keras alone takes {statistics.median(imports):.1f} s; the rest builds a ResNet50 and"
        " traces and optimises its graph, once"
    )
    targets = [
        Target("seconds to list, help and check", 1, slowest, at_most=True),
        Target("seconds to the demo's first training step", 15, statistics.median(demo), at_most=True, why=why),
    ]
    note = (
        "Fresh processes, files already in the system's cache. The demo draws faces and trains the largest hybrid. The"
        " check computes every interval when a record or the code has changed, and remembers them: that is its longest."
    )
    publish("start_up", "Start-up", note, ("command", "median", "least to most"), lines, targets)


def _seconds(*command) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def _first_step() -> float:
    """Return the seconds until the demo's progress bar shows that a step is done, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments.hybrid_resnet50", "--profile", "smoke", "--out", f"{folder}/run"]
        hidden = {"FER2013": "", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        began = time.perf_counter()
        demo = subprocess.Popen(
            command, cwd=folder, env=os.environ | hidden, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        shown = ""
        while not re.search(r"\] \S+ \d+/\d+  loss", shown):
            shown += demo.stdout.read1(4096).decode(errors="replace")
            if demo.poll() is not None:
                raise RuntimeError(f"Expected a training step. Received: {shown[-400:]}")
        took = time.perf_counter() - began
        demo.kill()
        demo.wait()
    return took


if __name__ == "__main__":
    main()
