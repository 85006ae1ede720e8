"""What attention is worth: the page."""

import json

import pytest

from fer_keras.recipes import attention as recipes_of_attention
from fer_keras.report import notes, result_groups
from fer_keras.runs.record import load_records, read_record
from fer_keras.studies import attention, paired
from tests.studies.test_paired import of


def test_the_intervals_hold_for_all_rows_together():
    variants = [recipe.name for recipe in recipes_of_attention.EXPERIMENT.recipes if recipe.name != attention.PLAIN]
    assert len(variants) == attention.COMPARED
    assert pytest.approx(0.05) == (1 - attention.CONFIDENCE) * len(variants)
    # 55 of 100 rows right instead of 50: five for, none against. One interval at 95 % would leave zero out.
    rows = range(100)
    plain, variant = ([of(set(rows[:right]), 100)] * 3 for right in (50, 55))
    found = paired.paired(plain, variant, confidence=attention.CONFIDENCE)
    assert found.interval.low == 0.0
    assert found.verdict == paired.OPEN


def test_the_page_without_any_run_is_all_dashes(tmp_path):
    rows = result_groups.rows(result_groups.experiments(("attention",)), {})
    text = attention.page(rows, tmp_path)
    assert "| With CBAM (001, §III.D) | — | — | — | — | — |" in text
    assert "**Not known yet: no part has been run with 3 seeds.**" in text
    assert "| 001, Table I | CBAM after the last stage | accuracy | ResNet-50: 43.5 % to 66.2 % | — |" in text


def test_a_note_says_what_holds(tmp_path):
    rows = result_groups.rows(result_groups.experiments(("attention",)), {})
    assert "## What this means" not in attention.page(rows, tmp_path)
    (tmp_path / notes.NOTES).mkdir()
    (tmp_path / notes.NOTES / "attention.md").write_text("It helps little.\n")
    assert "## What this means\n\nIt helps little.\n\n## What the papers claim" in attention.page(rows, tmp_path)


def test_the_page_pairs_runs_by_seed(tmp_path, make_run):
    accuracy = {}
    for recipe, drawn in (("attention_none", 0), ("attention_se", 1)):
        run_dir = make_run(f"results/{recipe}-cpu-seed5", seed=drawn)
        record = json.loads((run_dir / "record.json").read_text())
        record |= {"experiment": "attention", "recipe": recipe, "run": run_dir.name, "seed": 5, "title": recipe}
        (run_dir / "record.json").write_text(json.dumps(record))
        accuracy[recipe] = read_record(run_dir)["metrics"]["test"]["accuracy"]
    rows = result_groups.rows(result_groups.experiments(("attention",)), load_records(tmp_path))
    difference = f"{100 * (accuracy['attention_se'] - accuracy['attention_none']):+.2f}"
    lines = attention.page(rows, tmp_path).splitlines()
    assert sum(line.startswith(f"| attention_se | {difference} | {difference} |") for line in lines) == 1
    assert "| With CBAM (001, §III.D) | — | — | — | — | — |" in lines


def test_003s_balanced_accuracies_are_compared_as_such():
    metrics = {(source, what): metric for source, what, _, metric, _ in attention.CLAIMS}
    assert metrics["003, §6.1", "all parts together"] == "balanced_accuracy"
    assert metrics["001, §IV", "CBAM: fear taken for surprise"] == "confusion/fear/surprise"


def test_001s_own_networks_are_paired_where_both_have_runs(tmp_path, make_run):
    for recipe, drawn in (("baseline_cnn", 0), ("attention_cnn", 1)):
        run_dir = make_run(f"results/{recipe}-cpu-seed0", seed=drawn)
        record = json.loads((run_dir / "record.json").read_text())
        record |= {"experiment": "cnn_resnet_attention", "recipe": recipe, "run": run_dir.name, "seed": 0}
        (run_dir / "record.json").write_text(json.dumps(record))
    rows = result_groups.rows(result_groups.experiments(("attention",)), load_records(tmp_path))
    lines = attention.page(rows, tmp_path).splitlines()
    (line,) = [line for line in lines if line.startswith("| spatial attention, a sigmoid: accuracy |")]
    assert "| `baseline_cnn` to `attention_cnn` | shortened |" in line
    assert line.endswith(f"| {paired.FEW} |")
    assert "| CBAM: neutral taken for sad | `resnet50_5` to `resnet50_cbam_5` | — | — | — | — | — | — |" in lines


def test_of_001s_runs_those_of_one_kind_are_compared(tmp_path, make_run):
    for profile, deviations in (
        ("paper", []),
        ("cpu", [{"field": "epochs", "published": 30, "run": 20, "reason": ""}]),
    ):
        for recipe, drawn in (("baseline_cnn", 0), ("attention_cnn", 1)):
            run_dir = make_run(f"results/{recipe}-{profile}-seed0", seed=drawn)
            record = json.loads((run_dir / "record.json").read_text())
            record |= {"experiment": "cnn_resnet_attention", "recipe": recipe, "run": run_dir.name, "seed": 0}
            record |= {"profile": profile, "deviations": deviations}
            (run_dir / "record.json").write_text(json.dumps(record))
    rows = result_groups.rows(result_groups.experiments(("attention",)), load_records(tmp_path))
    lines = attention.page(rows, tmp_path).splitlines()
    kinds = [line.split(" | ")[2] for line in lines if "| `baseline_cnn` to `attention_cnn` |" in line]
    assert kinds == ["as published", "shortened"]


def test_of_001s_runs_none_as_published_is_compared_with_a_shortened_one(tmp_path, make_run):
    for recipe, profile, deviations in (
        ("baseline_cnn", "paper", []),
        ("attention_cnn", "cpu", [{"field": "epochs", "published": 30, "run": 20, "reason": ""}]),
    ):
        run_dir = make_run(f"results/{recipe}-{profile}-seed0")
        record = json.loads((run_dir / "record.json").read_text())
        record |= {"experiment": "cnn_resnet_attention", "recipe": recipe, "run": run_dir.name, "seed": 0}
        (run_dir / "record.json").write_text(json.dumps(record | {"profile": profile, "deviations": deviations}))
    rows = result_groups.rows(result_groups.experiments(("attention",)), load_records(tmp_path))
    lines = attention.page(rows, tmp_path).splitlines()
    assert sum("| `baseline_cnn` to `attention_cnn` | — | — | — | — | — | — |" in line for line in lines) == 1
