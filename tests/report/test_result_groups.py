"""Which runs make one row: those that differ only in their seed."""

import pytest

from fer_keras.report import result_groups
from fer_keras.runs.record import load_records

SMOKE = {"smoke": {"kind": "Profile", "minutes": 1, "epochs": {"train": 1}}}


@pytest.mark.parametrize(("stated", "rows"), [({"profiles": SMOKE}, 1), ({"label_smoothing": 0.1}, 2)])
def test_old_records_list_profiles_and_share_a_row_with_new_ones_and_other_recipes_do_not(
    tmp_path, make_run, stated, rows
):
    make_run("results/toy-cpu-seed0", seed=0, change=lambda record: record["as_run"].update(stated))
    make_run("results/toy-cpu-seed1", seed=1)
    found = result_groups.groups(list(load_records(tmp_path).values()))
    assert sorted(record["seed"] for group in found for record in group) == [0, 1]
    assert len(found) == rows
