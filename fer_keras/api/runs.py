"""Finished runs, as Python values."""

import dataclasses
import functools
import pathlib
from typing import TYPE_CHECKING

from fer_keras import runtime
from fer_keras.runs import predictions
from fer_keras.runs.directory import MODEL, REPORT
from fer_keras.runs.record import read_record

if TYPE_CHECKING:
    import numpy as np

    from fer_keras.inference.classifier import Classifier


@dataclasses.dataclass(frozen=True)
class Run:
    """A finished run directory.

    Attributes:
        folder: where it is.
        record: record.json, what happened, with "metrics" {split: metrics} derived from the predictions.
    """

    folder: pathlib.Path
    record: dict

    @property
    def metrics(self) -> dict[str, dict]:
        """{split: metrics}; "test" is the recipe's test images, "select" those that selected the epoch."""
        return self.record["metrics"]

    @functools.cached_property
    def predictions(self) -> "dict[str, dict[str, np.ndarray]]":
        """{split: {"rows" int64 [N], "labels" int64 [N], "probabilities" float32 [N, K]}}."""
        return predictions.read(self.folder, self.record)

    @property
    def report(self) -> pathlib.Path:
        """The page of the run."""
        return self.folder / REPORT

    def classifier(self) -> "Classifier":
        """Return the trained model. Raises UserError where only the record is here, as in reports/results."""
        runtime.prepare(training=False)
        from fer_keras.inference.loading import load

        return load(self.folder / MODEL)


def open_run(folder: str | pathlib.Path) -> Run:
    """Return the finished run in `folder`, of one's own or of reports/results.

    Raises UserError (file and key) when there is none, or it is damaged.

    >>> run = open_run("reports/results/vanilla_cnn-paper-seed0")
    >>> f"{run.metrics['test']['accuracy']:.4f}"
    '0.5711'
    """
    folder = pathlib.Path(folder)
    return Run(folder, read_record(folder))
