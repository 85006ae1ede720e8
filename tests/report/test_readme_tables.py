"""The README's tables: a paper's highest claim, what could be compared, the best of the suite's own networks."""

import pytest

from fer_keras.config.recipe import Experiment, Reported
from fer_keras.recipes.papers import PAPERS, Paper
from fer_keras.report import readme_tables, result_groups
from fer_keras.runs.record import read_record
from tests.made_up_run import toy_recipe

LESSER = toy_recipe("lesser", reported=(Reported("accuracy", 0.5, "Table 1"),))
SUITE = [Experiment("toy", "999", "A paper of no one", (LESSER, toy_recipe()))]


@pytest.fixture(autouse=True)
def _papers(monkeypatch):
    monkeypatch.setitem(PAPERS, "999", Paper("Nobody, Noone", "On toys"))
    monkeypatch.setattr(readme_tables, "OWN", ("toy",))


def rows_of(*folders):
    records = [read_record(folder) for folder in folders]
    return result_groups.rows(SUITE, {record["run"]: record for record in records})


def test_a_paper_is_its_highest_claim_run_or_not(make_run):
    line = "| [999](reports/999_toy.md) Nobody, Noone. *On toys* | 99.00 % accuracy |"
    assert f"{line} — | not run yet |" in readme_tables.claims(SUITE, rows_of(), "reports/")
    ran = readme_tables.claims(SUITE, rows_of(make_run()), "reports/")
    assert line in ran and "| not reproduced: outside the 95 % interval" in ran
    elsewhere = make_run("elsewhere", change=lambda record: record["init"].update(kind="checkpoint"))
    assert f"{line} — | shortened runs alone, which" in readme_tables.claims(SUITE, rows_of(elsewhere), "reports/")


def test_what_cannot_be_compared_is_left_out_of_what_could(make_run):
    link = "| 999 | [toy](reports/results/toy-cpu-seed0/report.md) | 99.00 % accuracy |"
    assert link in readme_tables.compared(SUITE, rows_of(make_run()), "reports/")
    drawn = make_run("drawn", change=lambda record: record["data"].update(synthetic=True))
    assert link not in readme_tables.compared(SUITE, rows_of(drawn), "reports/")


def test_an_own_network_has_its_seeds_interval_size_and_time(make_run):
    folders = [make_run(f"run{seed}", seed) for seed in (1, 0)]
    table = readme_tables.own_networks(rows_of(*folders), "reports/")
    assert "/report.md), seeds 0, 1 | " in table
    assert "| 25.6 M | 12 min on " in table


@pytest.mark.parametrize(
    ("number", "said"),
    [("000", "Rauf, Sagor, Sultana. *Two Phase Transfer Learning"), ("003", "*Comprehensive Summary: ")],
)
def test_a_paper_is_named_as_far_as_its_text_says(number, said):
    assert str(PAPERS[number]).startswith(said)
