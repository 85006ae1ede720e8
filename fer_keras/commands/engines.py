"""Ways to run many jobs: one after the other, or handed to a cluster."""

import dataclasses
import pathlib
import subprocess
import sys

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
    """Run `job` and return how it ended; what it says appears as it says it, but for the errors, which follow."""
    done = subprocess.run(job.command, stderr=subprocess.PIPE, text=True)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode:
        print("\n".join(lines), file=sys.stderr)
    return Outcome(job.name, done.returncode, lines[-1] if lines and done.returncode else "")


def told(job: Job) -> Outcome:
    print(f"\n{job.name}: {' '.join(job.command[1:])}", flush=True)
    return run_job(job)


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
        return Outcome(job.name, 1, str(error).strip().splitlines()[-1])
