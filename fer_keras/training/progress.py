"""What a long run shows while it works: the phase, the epoch, the loss, and when it will be done."""

import dataclasses
import sys
import time
from collections.abc import Sequence

import keras

from fer_keras.io.text import spell

SECONDS_BETWEEN_DRAWINGS = 0.5
SECONDS_BETWEEN_LINES = 60.0
TIMED_STEPS = 5
"""So many steps are timed before they are taken for an example of the others."""


@dataclasses.dataclass(frozen=True)
class Work:
    """A phase's epochs, steps an epoch, and what a step costs beside those of the other phases."""

    epochs: int
    steps: int
    cost: float = 1.0


class Progress(keras.callbacks.Callback):
    """A line redrawn in place on a terminal; elsewhere a plain line a minute, between those that `say` prints.

    `work` lists all phases of the run. With `quiet` there is only what is said. The time left counts the steps to come
    at what a step of this phase takes, a compilation for each phase to come, and what lies between epochs (evaluation,
    checkpoint) for each epoch to come.
    """

    def __init__(self, work: Sequence[Work], quiet: bool = False, out=None):
        super().__init__()
        self.work, self.quiet, self.out = list(work), quiet, out or sys.stdout
        self.draws = not quiet and self.out.isatty()
        self.label = ""
        self._phase, self._epoch, self._step = 0, 0, 0
        self._all, self._here = _Timed(), _Timed()
        self._compilation, self._between, self._ended = 0.0, None, None
        self._compiles, self._announced, self._shown = False, False, time.perf_counter()

    def weigh(self, costs: Sequence[float]) -> None:
        """Say what a step of each phase costs, in any unit."""
        self.work = [dataclasses.replace(work, cost=cost) for work, cost in zip(self.work, costs, strict=True)]

    def begin_epoch(self, label: str, *, phase: int, epoch: int, step: int = 0, compiles: bool = False) -> None:
        """Stand before `step` of `epoch` of phase number `phase`; when the next step compiles, it is no example."""
        if self._ended is not None:
            passed = time.perf_counter() - self._ended
            self._between = passed if self._between is None else min(passed, self._between)
        self._here = _Timed() if compiles else self._here
        self._phase, self._epoch, self._step = phase, epoch, step
        self.label, self._compiles = label, compiles

    def on_train_batch_begin(self, batch, logs=None):
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        steps = (logs or {}).get("steps", 1)
        self._step += steps
        self._time(time.perf_counter() - self._began, steps)
        if self._all.steps >= TIMED_STEPS and not self._announced:
            self._announced = True
            self.say(f"Estimated time to train: {spell(self.seconds_left())}; done at about {self.clock()}.")
        since = time.perf_counter() - self._shown
        if self.draws and since > SECONDS_BETWEEN_DRAWINGS:
            share = 1 - self._cost_left() / sum(work.epochs * work.steps * work.cost for work in self.work)
            bar = "#" * round(24 * share)
            self._show(f"\r[{bar:<24}] {self.label}  loss {_loss(logs):.3f}  {spell(self.seconds_left())} left   ")
        elif not self.draws and not self.quiet and self._announced and since > SECONDS_BETWEEN_LINES:
            where = f"step {self._step} of {self.work[self._phase].steps}"
            self._show(f"{self.label}, {where}: loss {_loss(logs):.4f}; {spell(self.seconds_left())} left\n")

    def on_epoch_end(self, epoch, logs=None):
        self._ended = time.perf_counter()

    def seconds_left(self) -> float:
        """Return the estimated seconds to the end of the last phase; not a number before a step was timed."""
        timed = self._here if self._here.steps >= TIMED_STEPS else self._all
        if not timed.steps:
            return float("nan")
        epochs = self.work[self._phase].epochs - self._epoch + sum(work.epochs for work in self._later())
        compilations = len(self._later()) * self._compilation
        return self._cost_left() * timed.seconds / timed.cost + compilations + epochs * (self._between or 0.0)

    def clock(self) -> str:
        """Return the estimated finishing time as HH:MM."""
        return time.strftime("%H:%M", time.localtime(time.time() + self.seconds_left()))

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._show(f"{chr(13) + chr(27) + '[K' if self.draws else ''}{line}\n")

    def _show(self, text):
        self._shown = time.perf_counter()
        self.out.write(text)
        self.out.flush()

    def _time(self, seconds, steps):
        if self._compiles:
            self._compilation, self._compiles = seconds, False
            return
        for timed in (self._all, self._here):
            timed.add(seconds, steps, self.work[self._phase].cost)

    def _later(self):
        return self.work[self._phase + 1 :]

    def _cost_left(self) -> float:
        here = self.work[self._phase]
        steps = (here.epochs - self._epoch) * here.steps - self._step
        return steps * here.cost + sum(work.epochs * work.steps * work.cost for work in self._later())


class _Timed:
    """Steps that were timed: how many, in how many seconds, at what cost together."""

    def __init__(self):
        self.steps, self.seconds, self.cost = 0, 0.0, 0.0

    def add(self, seconds: float, steps: int, cost: float) -> None:
        """Add `steps` that took `seconds` together and cost `cost` each."""
        self.steps, self.seconds, self.cost = self.steps + steps, self.seconds + seconds, self.cost + steps * cost


def _loss(logs) -> float:
    return (logs or {}).get("loss", float("nan"))
