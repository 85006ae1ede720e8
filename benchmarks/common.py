"""What every benchmark shares: the round robin, the table, the JSON with its circumstances."""

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

RESULTS = pathlib.Path(__file__).parent / "results"
THREADS = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS")
BESIDE = ("torch", "torchvision", "ai-edge-litert", "onnxruntime")
"""Optional packages that some benchmarks measure beside the suite, where they are installed."""


@dataclasses.dataclass(frozen=True)
class Rate:
    """Work done a second in each round: `wall` by the clock, `cpu` by the process's CPU time over all its threads."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    def median(self, kind: str = "wall") -> float:
        return statistics.median(getattr(self, kind))


@dataclasses.dataclass(frozen=True)
class Target:
    """A goal of the project: `found` and `goal` in the same unit.

    Where it is missed, `why` says what is in the way, and so does the profile of `profile`: (network, pixels, beside whom).
    """

    what: str
    goal: float
    found: float | None
    at_most: bool = False
    why: str = ""
    profile: tuple[str, int, str] | None = None

    @property
    def reached(self) -> bool | None:
        if self.found is None:
            return None
        return bool(self.found <= self.goal if self.at_most else self.found >= self.goal)


def round_robin(
    cases: Mapping[str, Callable[[], int]], *, rounds: int = 5, seconds: float = 2.0, settle: float = 0.0
) -> dict[str, Rate]:
    """Return the rates of `cases`; each call does some work and returns how many items it was.

    One warm-up call each, then `rounds` times every case in turn for at least `seconds`, so that a change of the
    machine's load meets all of them alike. Cases that work ahead (tf.data) must `settle`: as many seconds of a turn do
    not count, until what lies ready is used up; and the next turn waits until the process rests, or else it would pay.
    """
    for call in cases.values():
        call()
    found = {name: ([], []) for name in cases}
    for _ in range(rounds):
        for name, call in cases.items():
            if settle:
                _timed(call, settle)
            wall, cpu = _timed(call, seconds)
            if settle:
                _wait_for_rest()
            found[name][0].append(wall)
            found[name][1].append(cpu)
    return {name: Rate(tuple(wall), tuple(cpu)) for name, (wall, cpu) in found.items()}


def _wait_for_rest(longest: float = 5.0) -> None:
    """Return when no thread of this process has worked for a tenth of a second, or after `longest` seconds."""
    until = time.perf_counter() + longest
    while time.perf_counter() < until:
        before = time.process_time()
        time.sleep(0.1)
        if time.process_time() - before < 0.01:
            return


def _timed(call: Callable[[], int], seconds: float) -> tuple[float, float]:
    items, began, cpu_began = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        items += call()
    return items / (time.perf_counter() - began), items / (time.process_time() - cpu_began)


def ratio(rates: Mapping[str, Rate], ours: str, other: str, kind: str = "wall") -> tuple[float, float, float]:
    """Return (minimum, median, maximum) over the rounds of how many times faster `ours` is than `other`."""
    pairs = zip(getattr(rates[ours], kind), getattr(rates[other], kind), strict=True)
    found = sorted(one / two for one, two in pairs)
    return found[0], statistics.median(found), found[-1]


def spread(found: tuple[float, float, float]) -> str:
    """Return "3.10 (2.95 to 3.20)"."""
    low, middle, high = (f"{value:.3g}" for value in found)
    return f"{middle} ({low} to {high})"


@contextlib.contextmanager
def answering(module: str, *arguments: str, **environment: str):
    """Give a call that hands a line to a process of `module` and returns its answer, a line.

    For what cannot share this process, or needs variables of the environment of its own.
    """
    with answering_program([sys.executable, "-m", module, *arguments], **environment) as ask:
        yield ask


@contextlib.contextmanager
def answering_program(command: list[str], **environment: str):
    """Give a call that hands a line to a process of `command` and returns its answer, a line."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | environment, **pipes) as child:

        def ask(line: str) -> str:
            child.stdin.write(f"{line}\n")
            child.stdin.flush()
            answer = child.stdout.readline()
            if not answer:
                raise RuntimeError(f"Expected an answer. Received: the process's end ({' '.join(command[1:])})")
            return answer

        yield ask
        child.stdin.close()


def machine() -> dict:
    """Return what the numbers depend on: processor, cores, thread settings, versions, commit."""
    from fer_keras import runtime

    runtime.prepare(training=True)
    from fer_keras.runs import environment
    from fer_keras.training import precision

    chosen = precision.choose()
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    return {
        **described,
        "versions": described["versions"] | environment.versions(BESIDE),
        "system": platform.platform(),
        "threads": {name: os.environ.get(name, "unset") for name in THREADS},
        "load": round(os.getloadavg()[0], 2),
        "when": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def resident_mb() -> float:
    """Return the memory that this process holds now, in MB."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def publish(name: str, title: str, note: str, columns: tuple[str, ...], rows: list, targets: list[Target]) -> None:
    """Print the table and write results/`name`.json, from which `python -m benchmarks.page` makes the page."""
    data = {
        "title": title,
        "note": note,
        "columns": list(columns),
        "rows": [[cell if isinstance(cell, str) else f"{cell:,.4g}" for cell in row] for row in rows],
        "targets": [{**dataclasses.asdict(target), "reached": target.reached} for target in targets],
        "machine": machine(),
    }
    from fer_keras.io import files
    from fer_keras.report import markdown

    print(markdown.table(columns, data["rows"]))
    for target in targets:
        print(f"{target.what}: goal {target.goal:g}, found {target.found}, reached: {target.reached}")
    RESULTS.mkdir(exist_ok=True)
    files.write_json(RESULTS / f"{name}.json", data)


def load(name: str) -> dict | None:
    """Return the JSON of benchmark `name`, None when it has not run."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def options(description: str) -> argparse.Namespace:
    """Return --rounds and --seconds from the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=5, help="times that every case has its turn (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a turn, at least (default 2)")
    return parser.parse_args()
