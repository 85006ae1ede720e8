"""The committed pages are what their records give, and every number in the records can be computed anew.

Bootstrap intervals are recomputed here of every tenth run; of all by `python -m fer_keras.report --verify`, which .ci/run
runs after the tests.
"""

import pathlib

from fer_keras.runs.record import run_dirs
from fer_keras.runs.verify import verify
from fer_keras.studies.site import check

ROOT = pathlib.Path(__file__).resolve().parents[1]
REPORTS = ROOT / "reports"


def test_no_committed_page_or_figure_is_stale():
    assert check(REPORTS) == []


def test_every_recorded_metric_follows_from_its_predictions():
    runs = sorted(run_dir.name for run_dir in run_dirs(REPORTS))
    checked, faults = verify(REPORTS, intervals_of=runs[::10])
    assert checked > len(runs) > 0
    assert faults == []


def test_every_interval_is_recomputed_after_the_tests():
    assert "python -m fer_keras.report --verify" in (ROOT / ".ci" / "run").read_text()
