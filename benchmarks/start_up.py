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
MILESTONES = {
    "the run begins": r"seed 0, into",
    "the first phase begins": r"Phase ",
    "the first step's end": r"\] \S+ \d+/\d+  loss",
}
"""{what the demo has come to: what it then prints}, in order."""


def main() -> None:
    asked = options(__doc__)
    took = {name: [_seconds(*command) for _ in range(asked.rounds)] for name, command in QUICK.items()}
    took[IMPORT] = imports = [_seconds("-c", "import keras") for _ in range(min(3, asked.rounds))]
    demos = [_milestones() for _ in range(min(3, asked.rounds))]
    reached = {name: [demo[name] for demo in demos] for name in MILESTONES}
    took |= {f"{DEMO}, until {name}": seconds for name, seconds in reached.items()}
    lines = [(name, f"{statistics.median(s):.2f} s", f"{min(s):.2f} to {max(s):.2f} s") for name, s in took.items()]
    slowest = max(statistics.median(took[name]) for name in QUICK)
    begins, builds, steps = (statistics.median(seconds) for seconds in reached.values())
    why = (
        f"{begins:.1f} s until the run begins, of which importing TensorFlow and Keras alone takes"
        f" {statistics.median(imports):.1f} s; {builds - begins:.1f} s to build a ResNet50 with attention;"
        f" {steps - builds:.1f} s to trace and optimise the graphs of the input and of the step, once, and to make it"
    )
    targets = [
        Target("seconds to list, help and check", 1, slowest, at_most=True),
        Target("seconds to the demo's first training step", 15, steps, at_most=True, why=why),
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


def _milestones() -> dict[str, float]:
    """Return {each of MILESTONES: seconds from the demo's start until it prints so}, and stop the demo."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "experiments.hybrid_resnet50", "--profile", "smoke", "--out", f"{folder}/run"]
        hidden = {"FER2013": "", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
        screen, terminal = os.openpty()  # the bar, which tells of the first step, is drawn on terminals alone
        began, shown, found = time.perf_counter(), "", {}
        demo = subprocess.Popen(
            command, cwd=folder, env=os.environ | hidden, stdout=terminal, stderr=subprocess.DEVNULL
        )
        while len(found) < len(MILESTONES):
            shown += os.read(screen, 4096).decode(errors="replace")
            for name in [name for name in MILESTONES if name not in found and re.search(MILESTONES[name], shown)]:
                found[name] = time.perf_counter() - began
            if demo.poll() is not None:
                raise RuntimeError(f"Expected a training step. Received: {shown[-400:]}")
        demo.kill()
        demo.wait()
        os.close(screen)
        os.close(terminal)
    return found


if __name__ == "__main__":
    main()
