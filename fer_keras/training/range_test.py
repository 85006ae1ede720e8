"""The learning-rate range test's arithmetic, without a network: which rates to try, when to stop, what to suggest.

Smith 2017 (arXiv:1506.01186, §3.3) raises the rate while it trains and looks at where the loss falls and where it
explodes. The exponential form, the smoothing, the stop and both suggestions are those of fastai's `lr_find` ("steep" and
"minimum" there), which Paper 002 used.
"""

import dataclasses
import itertools
import math

from fer_keras.io.errors import expected

KEEP = 0.98
"""Share of the running average that a step keeps."""

EXPLODED = 4.0
"""The test stops when the smoothed loss passes this many times its best."""

SKIP_LAST = 5
FEWEST = 10


def rates(first: float, last: float, steps: int) -> list[float]:
    """Return `steps` learning rates from `first` to `last`, each the same factor above the one before.

    Raises UserError unless 0 < first < last and there are at least 10 steps.
    """
    if not 0 < first < last < math.inf:
        raise expected("0 < --from < --to", f"{first:g} and {last:g}")
    if steps < FEWEST:
        raise expected(f"--steps of at least {FEWEST}", steps)
    return [first * (last / first) ** (step / (steps - 1)) for step in range(steps)]


@dataclasses.dataclass
class RangeTest:
    """What a test has seen: the loss of each step's batch and its smoothed value, up to the step at which it stopped.

    Attributes:
        rates: all that are to be tried, ascending.
        losses, smoothed: one number for each rate tried. The smoothed value is an exponential average, divided by the
            weight that it has gathered, so the first equals the first loss.
        stopped: why it ended before the last rate, or empty.
    """

    rates: list[float]
    keep: float = KEEP
    losses: list[float] = dataclasses.field(default_factory=list)
    smoothed: list[float] = dataclasses.field(default_factory=list)
    stopped: str = ""
    _average: float = 0.0

    def take(self, loss: float) -> bool:
        """Add the loss of the next rate and return whether to go on. A loss that is no finite number is not kept."""
        if not math.isfinite(loss):
            self.stopped = "the loss is no longer a finite number"
            return False
        self._average = self.keep * self._average + (1 - self.keep) * loss
        self.losses.append(loss)
        self.smoothed.append(self._average / (1 - self.keep ** len(self.losses)))
        best = min(self.smoothed)
        if self.smoothed[-1] > EXPLODED * best:
            self.stopped = f"the smoothed loss, {self.smoothed[-1]:.3g}, passed {EXPLODED:g} times its best, {best:.3g}"
            return False
        return len(self.losses) < len(self.rates)


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """Rates to start from; a None is one that the curve does not show.

    Attributes:
        steepest: where the smoothed loss falls fastest over the logarithm of the rate; None when it never falls. It is
            one step's difference, so a lucky batch can move it by decades.
        minimum_tenth: a tenth of the rate with the least smoothed loss; the steadier of the two.
        at_the_end: that least loss is the last one looked at, so that higher rates may do better.
    """

    steepest: float | None
    minimum_tenth: float
    at_the_end: bool


def suggest(test: RangeTest) -> Suggestion:
    """Return what the curve suggests, without its first tenth (still warming up) and last five steps (exploding).

    Raises UserError when the test stopped before three steps were left to look at.
    """
    first = len(test.rates) // 10
    losses = test.smoothed[first : max(first, len(test.smoothed) - SKIP_LAST)]
    if len(losses) < 3:
        raise expected(
            f"at least {first + SKIP_LAST + 3} steps before the loss explodes",
            f"{len(test.smoothed)} ({test.stopped})",
            "Lower --from, or raise --steps.",
        )
    slopes = [after - before for before, after in itertools.pairwise(losses)]
    steepest = min(range(len(slopes)), key=slopes.__getitem__)
    lowest = min(range(len(losses)), key=losses.__getitem__)
    falls = slopes[steepest] < 0
    at_the_end = lowest == len(losses) - 1 and not test.stopped
    return Suggestion(
        test.rates[first + steepest] if falls else None, test.rates[first + lowest] / 10, at_the_end=at_the_end
    )
