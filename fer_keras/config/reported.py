"""A number that a paper reports, and the closed list of metrics that it may be of."""

import dataclasses
import re

from fer_keras.config.datasets import CLASS_NAMES
from fer_keras.config.settings import refuse_unless

HEADLINE_METRICS = (
    "accuracy",
    "balanced_accuracy",
    "macro_f1",
    "weighted_f1",
    "weighted_precision",
    "weighted_recall",
    "macro_precision",
    "macro_recall",
    "log_loss",
)
METRIC_PATTERN = re.compile(
    rf"({'|'.join(HEADLINE_METRICS)}|chi_square|chi_square_dof"
    rf"|(precision|recall|f1)/({'|'.join(CLASS_NAMES)})"
    rf"|confusion/({'|'.join(CLASS_NAMES)})/({'|'.join(CLASS_NAMES)}))"
)
"""The metrics that evaluation produces: `recall/happy`; `confusion/fear/sad` is the share of true fear called sad."""


@dataclasses.dataclass(frozen=True)
class Reported:
    """A number printed in the paper: metric, value as a fraction (.5887, not 58.87), where it stands.

    `split` says on what the paper took it: "test" (the recipe's test rows), "select" (validation) or "train", on which
    training itself counts accuracy and loss. `least` is the lower end where the paper prints a range, whose upper end is
    `value`; None where it prints one number.
    """

    metric: str
    value: float
    where: str
    split: str = "test"
    least: float | None = None

    def __post_init__(self):
        known = METRIC_PATTERN.fullmatch(self.metric)
        refuse_unless(bool(known), f"Expected a metric that the evaluation produces. Received: {self.metric!r}")
        refuse_unless(
            self.split in ("test", "select", "train"), f"Expected test, select or train. Received: {self.split!r}"
        )
        ordered = self.least is None or self.least < self.value
        refuse_unless(ordered, f"Expected least below the value {self.value}. Received: {self.least!r}")
