"""Ways to run many jobs: one after the other, some beside each other, or handed to a cluster."""

import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys
import threading

from fer_keras.io import files

SHARED_MEMORY = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_FORCE_GPU_ALLOW_GROWTH": "true"}
"""Environment in which a program takes what it needs of an accelerator's memory; else the first takes most of it."""

SPARE_MINUTES = 60
"""Beside twice the estimate, before a cluster ends a job."""


@dataclasses.dataclass(frozen=True)
class Job:
    """One run: its recipe, its estimated minutes on `device`, its command, and the folder that it leaves.

    `fetches`: whether it starts from weights that come from elsewhere.
    """

    recipe: str
    seed: int
    minutes: float
    device: str
    command: tuple[str, ...]
    folder: str
    fetches: bool = False

    @property
    def name(self) -> str:
        return f"{self.recipe}, seed {self.seed}"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a job ended: its exit code and, of a failure, the last line that it said."""

    name: str
    code: int
    said: str = ""


def run_job(job: Job) -> Outcome:
    """Run `job` and return how it ended; what it says appears as it says it, but for the errors, which follow.

    KeyboardInterrupt stops the job, which saves where it is, before it is raised.
    """
    with subprocess.Popen(job.command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            said = process.stderr.read()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
    lines = [line for line in said.splitlines() if line.strip()]
    if process.returncode:
        print("\n".join(lines), file=sys.stderr)
    return Outcome(job.name, process.returncode, lines[-1] if lines and process.returncode else "")


def told(job: Job) -> Outcome:
    """Print the command of `job`, then run it as `run_job` does."""
    print(f"\n{job.name}: {' '.join(job.command[1:])}", flush=True)
    return run_job(job)


def beside(left: list[Job], number: int, folder: pathlib.Path) -> list[Outcome]:
    """Run `number` jobs at a time, each with its output in `folder`, and return how each ended.

    The seeds of a recipe follow each other: what the first has compiled, JAX can take from its cache. KeyboardInterrupt
    stops those that run, which save where they are, and begins no more. Raises UserError for a `folder` that cannot be
    written.
    """
    files.require_writable(folder, "Choose another --runs.")
    recipes = {job.recipe: [other for other in left if other.recipe == job.recipe] for job in left}
    lanes = _Lanes(folder)
    with concurrent.futures.ThreadPoolExecutor(number) as pool:
        ended = [pool.submit(lanes.run, jobs) for jobs in recipes.values()]
        try:
            return [outcome for one in ended for outcome in one.result()]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            lanes.stop()
            raise


class _Lanes:
    """Jobs that run beside each other in sessions of their own, which a terminal's Ctrl-C does not reach."""

    def __init__(self, folder: pathlib.Path):
        self._folder, self._running, self._stopping = folder, set(), threading.Event()

    def run(self, jobs: list[Job]) -> list[Outcome]:
        """Run `jobs` one after the other, until `stop`."""
        return [self._logged(job) for job in jobs if not self._stopping.is_set()]

    def stop(self) -> None:
        """Have the jobs that run end, and no other begin."""
        self._stopping.set()
        for process in list(self._running):
            process.terminate()

    def _logged(self, job: Job) -> Outcome:
        path = self._folder / f"{job.recipe}-seed{job.seed}.log"
        print(f"{job.name}: begun, {path}", flush=True)
        try:
            with path.open("w", encoding="utf-8") as log:
                code = self._ended(job, log)
            lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        except OSError as error:
            code, lines = 1, [f"error: {error}"]
        print(f"{job.name}: {'finished' if code == 0 else f'ended with exit code {code}'}", flush=True)
        return Outcome(job.name, code, lines[-1] if lines and code else "")

    def _ended(self, job: Job, log) -> int:
        environment = SHARED_MEMORY | os.environ
        process = subprocess.Popen(
            job.command, stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
        self._running.add(process)
        if self._stopping.is_set():  # since `run` looked
            process.terminate()
        code = process.wait()
        self._running.discard(process)
        return code


def submitted(left: list[Job], folder: pathlib.Path, cluster: str | None) -> list[Outcome]:
    """Hand the runs to submitit as one array of jobs, logs in `folder`, wait, and return how each ended."""
    import submitit

    executor = submitit.AutoExecutor(folder=folder, cluster=cluster)
    executor.update_parameters(timeout_min=int(2 * max(job.minutes for job in left)) + SPARE_MINUTES)
    handed = executor.map_array(run_job, left)
    print(f"{len(handed)} jobs handed over; logs in {folder}", flush=True)
    return [_outcome(job, one) for job, one in zip(left, handed, strict=True)]


def _outcome(job: Job, handed) -> Outcome:
    try:
        return handed.result()
    except Exception as error:  # whatever the cluster did to the job
        return Outcome(job.name, 1, (str(error).strip() or type(error).__name__).splitlines()[-1])
