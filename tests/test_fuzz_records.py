"""Thousands of damaged records, metrics, predictions and states of runs: read, or refused in one line."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_keras.report.page import render
from fer_keras.runs import listing, metrics_file
from fer_keras.runs import predictions as stored
from fer_keras.runs.directory import METRICS, PREDICTIONS
from fer_keras.runs.record import read_record
from tests.damage import JSON, ODD, damaged
from tests.fuzzing import EDITS, mutated, settings, tally
from tests.made_up_run import predictions, record_of

EXTRA = {
    "generated": {"sha256": "ab", "seed": 0, "trained_on": 9, "stand_in": False, "counts": {"disgust": 9}},
    "dropped": {"list": "dropped.csv", "sha256": "ab", "rows": 3, "reasons": {"blank": 3}},
    "crop": {"detector": "haar", "opencv": "5", "margin": 0.1, "found": {"test": 3}, "rows": {"test": 9}, "changed": 3},
}
"""What some runs have besides."""


@pytest.fixture
def run_dir(tmp_path):
    """A finished run of 70 test and 70 selection rows."""
    parts = {"select": predictions(1, rows=70), "test": predictions(0, rows=70)}
    record = record_of(parts, 0)
    record["predictions"]["sha256"] = stored.save(tmp_path / PREDICTIONS, parts)
    record["data"] |= json.loads(json.dumps(EXTRA))
    (tmp_path / "record.json").write_text(json.dumps(record))
    metrics_file.rebuild(tmp_path, record)
    return tmp_path


def test_predictions(run_dir, capsys):
    record, path = read_record(run_dir), run_dir / PREDICTIONS
    content = path.read_bytes()
    with tally("predictions", capsys) as found:

        @settings(800)
        @given(st.booleans(), EDITS)
        def check(inside, edits):
            path.write_bytes(damaged(content, edits, inside))
            named = record | {"predictions": record["predictions"] | {"sha256": stored.digest(path)}}
            found.attempt(lambda: stored.read(run_dir, named))

        check()
    assert found.refused > 500


@pytest.mark.parametrize("name", ["record.json", METRICS])
def test_records_and_metrics_as_text(run_dir, capsys, name):
    path = run_dir / name
    content = path.read_bytes()
    with tally(f"{name}, bytes changed", capsys) as found:

        @settings(1000)
        @given(EDITS)
        def check(edits):
            path.write_bytes(mutated(content, edits, JSON))
            found.attempt(lambda: read_record(run_dir))

        check()
    assert found.refused > 500


def places(value, path=()):
    """Yield the path of every value inside `value`, a tuple of keys and positions."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from places(item, (*path, key))


@pytest.mark.parametrize("name", ["record.json", METRICS])
def test_records_whose_values_were_changed_are_refused_or_give_a_page(run_dir, capsys, name):
    path = run_dir / name
    text = path.read_text()
    everywhere = list(places(json.loads(text)))

    def page():
        record = read_record(run_dir)
        render(run_dir, record).encode("utf-8")

    with tally(f"{name}, values changed, to their page", capsys) as found:

        @settings(1000)
        @given(st.lists(st.tuples(st.sampled_from(everywhere), st.sampled_from(ODD)), min_size=1, max_size=2))
        def check(changes):
            record = json.loads(text)
            for (*above, last), value in changes:
                try:
                    holder = record
                    for key in above:
                        holder = holder[key]
                    holder[last] = copy.deepcopy(value)
                except (KeyError, IndexError, TypeError):
                    continue
            path.write_text(json.dumps(record))
            found.attempt(page)

        check()
    assert found.refused > 500 and found.read > 50


def test_the_list_of_runs_shows_whatever_lies_there(run_dir, capsys):
    status = {"state": "running", "phase": "one", "epoch": 1, "epochs": 2, "metrics": {"loss": 0.5}, "started": "now"}
    path = run_dir / "status.json"
    (run_dir / "record.json").write_bytes(b"{")
    with tally("status.json", capsys) as found:

        @settings(800)
        @given(st.dictionaries(st.sampled_from([*status, "seconds_left"]), st.sampled_from(ODD)), EDITS, st.booleans())
        def check(changes, edits, as_bytes):
            content = json.dumps(status | changes).encode()
            path.write_bytes(mutated(content, edits, JSON) if as_bytes else content)
            lines = []
            found.attempt(lambda: lines.extend(listing.listing(run_dir)))
            assert all(line.isprintable() for line in lines)

        check()
    assert found.refused == 0
