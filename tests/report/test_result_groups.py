"""Which runs make one row: those that differ only in their seed."""

import pytest

from fer_keras.report import result_groups
from fer_keras.runs.record import load_records

ELSEWHERE = {"init": {"kind": "checkpoint", "file": None, "sha256": "ab", "note": ""}}
SMOKE = {"smoke": {"kind": "Profile", "minutes": 1, "epochs": {"train": 1}}}


def test_a_run_on_cleaned_and_cropped_faces_is_a_row_of_its_own(tmp_path, make_run):
    def change(record):
        record["data"] |= {"dropped": {"list": "dropped.csv", "sha256": "ab", "rows": 9, "reasons": {"blank": 9}}}

    make_run("results/toy-cpu-seed0", seed=0)
    make_run("results/toy-cpu-seed1", seed=1, change=change)
    found = result_groups.groups(list(load_records(tmp_path).values()))
    assert [result_groups.prepared(group[0]) for group in found] == [[], ["cleaned"]]


@pytest.mark.parametrize(("stated", "rows"), [({"profiles": SMOKE}, 1), ({"label_smoothing": 0.1}, 2)])
def test_old_records_list_profiles_and_share_a_row_with_new_ones_and_other_recipes_do_not(
    tmp_path, make_run, stated, rows
):
    make_run("results/toy-cpu-seed0", seed=0, change=lambda record: record["as_run"].update(stated))
    make_run("results/toy-cpu-seed1", seed=1)
    found = result_groups.groups(list(load_records(tmp_path).values()))
    assert sorted(record["seed"] for group in found for record in group) == [0, 1]
    assert len(found) == rows


def as_printed(record):
    record |= {"deviations": [], "profile": "paper", "run": "toy-paper-seed0"}


@pytest.mark.parametrize(
    ("change", "smoke"),
    [
        ({}, False),
        (ELSEWHERE, True),
        ({"reported": []}, True),
        ({"reported": [], "deviations": []}, False),
        ({"reported": [], "profile": "paper"}, False),
        (ELSEWHERE | {"deviations": []}, False),
    ],
)
def test_shortened_runs_that_began_elsewhere_or_have_no_printed_number_conclude_nothing(
    tmp_path, make_run, change, smoke
):
    make_run("results/toy-cpu-seed0", change=lambda record: record.update(change))
    (row,) = result_groups.rows([], load_records(tmp_path))
    assert row.is_smoke == smoke
    assert result_groups.divided([row]) == ([] if smoke else [row], [], [row] if smoke else [])


def test_a_shortened_run_leaves_the_overview_once_its_recipe_was_run_as_printed(tmp_path, make_run):
    make_run("results/toy-cpu-seed0")
    make_run("results/toy-paper-seed0", change=as_printed)
    shown, shortened, smoke = result_groups.divided(result_groups.rows([], load_records(tmp_path)))
    assert [row.records[0]["profile"] for row in (*shown, *shortened)] == ["paper", "cpu"]
    assert not smoke


def test_the_shown_median_is_a_runs_own():
    assert result_groups.spread([3.0, 1.0]) == (1.0, 1.0, 3.0)
    assert result_groups.spread([3.0, 1.0, 2.0]) == (1.0, 2.0, 3.0)
    assert result_groups.spread([]) is None
