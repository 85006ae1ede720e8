"""Which epoch is kept, when the rate drops, when to stop: decided from selection rows alone, in plain values."""

import dataclasses

from fer_keras.config import settings


@dataclasses.dataclass
class Selection:
    """The state of selection, as JSON can hold it.

    `best` is {"phase", "epoch", "monitor", "value"} of the epoch kept; `waited` counts evaluations since; `plateau_best`
    and `plateau_waited` are the same for the learning rate; `rate_factor` is what it has been multiplied by.
    """

    monitor: str
    keep: str = "best"
    best: dict | None = None
    waited: int = 0
    plateau_best: float | None = None
    plateau_waited: int = 0
    rate_factor: float = 1.0

    def consider(self, phase: str, epoch: int, select_metrics: dict) -> bool:
        """Take one evaluation and return whether its weights are the ones to keep now."""
        value = select_metrics[_metric(self.monitor)]
        if self.keep == "last" or self.best is None or _improves(self.monitor, value, self.best["value"]):
            self.best = {"phase": phase, "epoch": epoch, "monitor": self.monitor, "value": value}
            self.waited = 0
            return True
        self.waited += 1
        return False

    def begin_phase(self, *, comparable: bool) -> None:
        """Start a phase: patience and rate anew; the best epoch too unless its value is `comparable` with this phase's."""
        self.waited, self.plateau_best, self.plateau_waited, self.rate_factor = 0, None, 0, 1.0
        if not comparable:
            self.best = None

    def rate_change(self, schedule: settings.Schedule, select_metrics: dict) -> float:
        """Return the factor for the learning rate after this evaluation: below 1 when a Plateau has been waited out."""
        if not isinstance(schedule, settings.Plateau):
            return 1.0
        value = select_metrics[_metric(schedule.monitor)]
        if self.plateau_best is None or _improves(schedule.monitor, value, self.plateau_best):
            self.plateau_best, self.plateau_waited = value, 0
            return 1.0
        self.plateau_waited += 1
        if self.plateau_waited <= schedule.patience:
            return 1.0
        self.plateau_waited = 0
        self.rate_factor *= schedule.factor
        return schedule.factor


def _metric(monitor):
    return "log_loss" if monitor == "loss" else monitor


def _improves(monitor, value, best):
    return value < best if monitor == "loss" else value > best
