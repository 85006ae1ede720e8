"""reports/leaky.md: lines with and without runs, what is computed in them, and who stays off the table of results."""

import copy

import numpy as np
import pytest

from fer_keras.config.protocols import STUDIED
from fer_keras.report import result_groups
from fer_keras.runs import predictions
from fer_keras.runs.record import load_records, read_facts, save_record
from fer_keras.studies import leakage
from fer_keras.studies.site import check, regenerate
from tests.made_up_run import rewrite


@pytest.fixture
def study(make_run, tmp_path, monkeypatch):
    """Return study(split, seed, ...) that records a run of the toy recipe under a division in tmp_path/reports."""
    reports = tmp_path / "reports"
    reports.mkdir()

    def record(split, seed, more=lambda record: None):
        def change(record):
            record["run"] = f"toy-cpu-{split}-seed{seed}"
            record["data"]["split"] = split
            record["data"]["overlap"] = {"test_exact_rows": 30, "test_near_rows": 100}
            record["as_run"] = copy.deepcopy(record["as_run"])
            record["as_run"] |= {"batch_size": 32, "oversample": {"disgust": 3}}
            record["as_run"]["data"]["split"] = split
            more(record)

        return save_record(make_run(f"{split}-{seed}", seed, change), reports)

    record.reports = reports
    return record


def cells(page, start):
    line = next(line for line in page.splitlines() if line.startswith(f"| {start}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def records(reports):
    return load_records(reports)


def test_without_runs_every_line_is_dashes(tmp_path):
    page = leakage.page({})
    assert "## `hybrid_baseline_cnn`, profile cpu" in page
    assert page.split("\n\n")[1] == "**Not known yet: the mistakes or their control have not been run.**"
    for name in leakage.DIVISIONS:
        assert f"| `{name}` |" + " — |" * 4 + "\n" in page
        assert f"| `{name}` |" + " — |" * 8 + "\n" in page
    assert "Paper 004 reports 85.70 % for ResNet50 + CNN (Table 2)" in page
    assert "100 - 80 - 20 = 0 % left for validation" in page


def test_a_run_fills_its_line(study):
    study("official", 0)
    study("leaky-duplicates", 0)
    page = leakage.page(records(study.reports))
    assert "## `toy`, profile cpu" in page
    found = cells(page, "`leaky-duplicates` | [0]")
    assert found[1] == "[0](results/toy-cpu-leaky-duplicates-seed0/report.md)"
    # 6 classes of 40 rows and 3 x 40 of disgust are 360 rows: 12 batches of 32, five epochs
    assert found[2:5] == ["280", "60", "300"]
    assert found[5:7] == ["30", "100"]
    scores = [cells(page, f"`{split}` | ")[1:] for split in ("leaky-duplicates", "official")]
    assert scores[0] == scores[1]
    assert cells(page, "`grouped` | —")[1:] == ["—"] * 4
    assert cells(page, "`leaky-duplicates` over")[1:] == ["—"] * 3


def test_gains_are_over_the_control_by_median(study):
    for seed in (0, 1, 2):
        study("leaky-duplicates", seed)
    study("grouped", 3)
    found = records(study.reports)
    page = leakage.page(found)
    accuracy = sorted(r["metrics"]["test"]["accuracy"] for r in found.values() if r["seed"] < 3)
    control = next(r for r in found.values() if r["seed"] == 3)["metrics"]["test"]["accuracy"]
    low, median, high = (f"{100 * value:.2f}" for value in accuracy)
    assert cells(page, "`leaky-duplicates` | ")[1] == f"{median} % ({low} to {high})"
    gain = f"{100 * (accuracy[1] - control):+.2f}"
    assert page.split("\n\n")[1].endswith(f" over a control without copies: dividing pooled images at random {gain}.**")
    assert cells(page, "`leaky-duplicates` over `grouped`")[1] == f"{100 * (accuracy[1] - control):+.2f}"


def test_accuracy_on_copies_by_hand(toy_run):
    record = toy_run[0]
    record["data"]["overlap"] = {"test_exact_rows": 0, "test_near_rows": 4}
    record["metrics"]["test"] = {"confusion": [[6, 2], [1, 1]]}
    record["metrics"]["test_near_clean"] = {"confusion": [[4, 1], [1, 0]]}
    assert leakage.on_copies(record) == (7 - 4) / 4
    del record["metrics"]["test_near_clean"]
    record["data"]["overlap"]["test_near_rows"] = 10
    assert leakage.on_copies(record) == 0.7
    record["data"]["overlap"] = None
    assert leakage.on_copies(record) is None


def test_steps_are_unknown_where_phases_have_other_data(toy_run):
    record = toy_run[0]
    record["as_run"] |= {"batch_size": 100}
    assert leakage.steps(record) == 5 * 3
    assert leakage.steps(record | {"phase_data": {"pretrain": {}}}) is None


@pytest.mark.parametrize("split", STUDIED)
def test_studied_runs_are_no_results_and_compare_with_nothing(study, split):
    run_dir = study(split, 0)
    regenerate(study.reports, [])
    assert "toy" not in (study.reports / "runs.md").read_text()
    assert result_groups.rows([], records(study.reports)) == []
    page = (run_dir / "report.md").read_text()
    assert page.split("\n\n")[1].startswith("> **LEAKY PROTOCOL " if split != "grouped" else "> **DIVISION grouped")
    assert f"--profile cpu --protocol {split}`" in page
    assert (
        page.count(
            f"cannot be compared: {'control of the leaky protocols' if split == 'grouped' else 'leaky protocol'}"
        )
        == 3
    )
    assert check(study.reports, []) == []


def test_the_page_is_checked(study):
    study("grouped", 0)
    regenerate(study.reports, [])
    page = study.reports / leakage.PAGE
    page.write_text(page.read_text().replace("300", "301"))
    assert check(study.reports, []) == [page]


def test_runs_on_chosen_rows_stay_out(study):
    study(
        "leaky-duplicates",
        0,
        lambda record: record["data"].update(dropped={"rows": 1, "list": "x", "reasons": {}, "sha256": "0"}),
    )
    page = leakage.page(records(study.reports))
    assert "## `toy`" not in page


def test_predictions_with_copies_of_rows_verify(study):
    from fer_keras.runs.verify import verify

    run_dir = study("leaky-oversample", 0)
    splits = predictions.read(run_dir, read_facts(run_dir))
    rows = splits["test"]["rows"]
    splits["test"]["rows"] = rows // 2 + np.arange(len(rows)) % 2 * 1_000_000
    rewrite(run_dir, splits)
    assert verify(study.reports) == (2, [])
