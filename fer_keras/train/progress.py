"""What a long run shows while it works: one line with the phase, the epoch, the loss and when it will be done."""

import sys
import time

import keras

from fer_keras.io.text import spell


class Progress(keras.callbacks.Callback):
    """A line redrawn in place, with the time left over all phases; in quiet mode one plain line an epoch.

    `total_steps` counts the steps of the whole run, `done_steps` those behind it. The first step, which compiles, is not
    taken for an example of the others.
    """

    def __init__(self, total_steps: int, done_steps: int = 0, quiet: bool = False, out=None):
        super().__init__()
        self.total_steps, self.done_steps, self.quiet = total_steps, done_steps, quiet
        self.out = out or sys.stdout
        self.label = ""
        self._timed_steps, self._timed_seconds, self._announced, self._drawn = 0, 0.0, False, 0.0

    def begin_epoch(self, label: str, *, compiles: bool) -> None:
        """Name what is being trained; when the next step compiles anew it is not timed."""
        self.label = label
        self._skip = compiles

    def on_train_batch_begin(self, batch, logs=None):
        self._began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.done_steps += 1
        if not self._skip:
            self._timed_steps += 1
            self._timed_seconds += time.perf_counter() - self._began
        self._skip = False
        if self._timed_steps >= 5 and not self._announced:
            self._announced = True
            self.say(f"Estimated time to train: {spell(self.seconds_left())}; done at about {self.clock()}.")
        if not self.quiet and time.perf_counter() - self._drawn > 0.5:
            self._drawn = time.perf_counter()
            loss = (logs or {}).get("loss", float("nan"))
            share = self.done_steps / max(self.total_steps, 1)
            bar = "#" * round(24 * share)
            self.out.write(f"\r[{bar:<24}] {self.label}  loss {loss:.3f}  {spell(self.seconds_left())} left   ")
            self.out.flush()

    def seconds_left(self) -> float:
        """Return the estimated seconds to the end of the last phase; not a number before a step was timed."""
        if not self._timed_steps:
            return float("nan")
        return (self.total_steps - self.done_steps) * self._timed_seconds / self._timed_steps

    def clock(self) -> str:
        """Return the estimated finishing time as HH:MM."""
        return time.strftime("%H:%M", time.localtime(time.time() + self.seconds_left()))

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self.out.write(f"{'' if self.quiet else chr(13) + chr(27) + '[K'}{line}\n")
        self.out.flush()
