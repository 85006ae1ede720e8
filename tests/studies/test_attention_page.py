"""What attention is worth: the paired test by hand, and the page."""

import json

import numpy as np
import pytest

from fer_keras.recipes import attention as recipes_of_attention
from fer_keras.report import notes, result_groups
from fer_keras.runs.record import load_records, read_record
from fer_keras.studies import attention


def of(right, rows=8):
    """Return predictions of `rows` faces of class 0, of which those in `right` are called 0 and the rest 1."""
    probabilities = np.tile(np.float32([0.2, 0.8]), (rows, 1))
    probabilities[list(right)] = (0.8, 0.2)
    return {"rows": np.arange(rows), "labels": np.zeros(rows, int), "probabilities": probabilities}


def test_differences_and_p_values_by_hand():
    found = attention.paired([of({0, 1}), of({0})], [of({0, 1, 2, 3, 4, 5}), of({1, 2})])
    assert found.differences == (4 / 8, 1 / 8)
    # Seed 0: 4 discordant rows, all for the variant: p = 2 / 2**4. Seed 1: 2 against 1: p = 1.
    assert found.p_values == pytest.approx((2 / 16, 1.0))
    assert found.mean == pytest.approx((4 + 1) / 16)


def test_verdicts():
    rows = range(100)
    plain = [of(set(rows[:50]), 100)] * 3
    assert attention.paired(plain, [of(set(rows[:80]), 100)] * 3).verdict == attention.HOLDS
    assert attention.paired(plain, [of(set(rows[:20]), 100)] * 3).verdict == attention.HARMS
    assert attention.paired(plain, [of(set(rows[:50]), 100)] * 3).verdict == attention.OPEN
    divided = [of(set(rows[:90]), 100), of(set(rows[:90]), 100), of(set(rows[:45]), 100)]
    assert attention.paired(plain, divided).verdict == attention.OPEN
    assert attention.paired(plain[:2], [of(set(rows[:80]), 100)] * 2).verdict == attention.FEW


def test_the_intervals_hold_for_all_rows_together():
    variants = [recipe.name for recipe in recipes_of_attention.EXPERIMENT.recipes if recipe.name != attention.PLAIN]
    assert len(variants) == attention.COMPARED
    assert pytest.approx(0.05) == (1 - attention.CONFIDENCE) * len(variants)
    # 55 of 100 rows right instead of 50: five for, none against. One interval at 95 % would leave zero out.
    rows = range(100)
    found = attention.paired([of(set(rows[:50]), 100)] * 3, [of(set(rows[:55]), 100)] * 3)
    assert found.interval.low == 0.0
    assert found.verdict == attention.OPEN


def test_rows_in_another_order_are_joined():
    first = of({0, 1})
    turned = {key: value[::-1] for key, value in first.items()}
    assert attention.paired([first], [turned]).differences == (0.0,)


def test_the_page_without_any_run_is_all_dashes(tmp_path):
    rows = result_groups.rows(result_groups.experiments(("attention",)), {})
    text = attention.page(rows, tmp_path)
    assert "| With CBAM (001, §III.D) | — | — | — | — | — |" in text
    assert "| 001, Table I | CBAM after the last stage | ResNet-50: 43.5 % to 66.2 % | — |" in text


def test_a_note_says_what_holds(tmp_path):
    rows = result_groups.rows(result_groups.experiments(("attention",)), {})
    assert "## What holds" not in attention.page(rows, tmp_path)
    (tmp_path / notes.NOTES).mkdir()
    (tmp_path / notes.NOTES / "attention.md").write_text("It helps little.\n")
    assert "## What holds\n\nIt helps little.\n\n## What the papers claim" in attention.page(rows, tmp_path)


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
