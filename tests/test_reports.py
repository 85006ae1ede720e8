"""The committed pages are what their records give, and every number in the records can be computed anew."""

import pathlib

from fer_keras.runs.verify import verify
from fer_keras.studies.site import check

REPORTS = pathlib.Path(__file__).resolve().parents[1] / "reports"


def test_no_committed_page_or_figure_is_stale():
    assert check(REPORTS) == []


def test_every_recorded_metric_follows_from_its_predictions():
    checked, faults = verify(REPORTS)
    assert checked > 0
    assert faults == []
