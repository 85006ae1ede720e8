"""A fresh run against the recorded seeds: the band by hand, inside and outside, on one seed, and what is refused."""

import dataclasses
import json
import math

import numpy as np
import pytest

from fer_keras.commands.report import main
from fer_keras.config import resolve
from fer_keras.config.recipe import Experiment
from fer_keras.io.errors import UserError
from fer_keras.runs.record import read_record, save_record
from fer_keras.studies import acceptance
from tests.made_up_run import predictions, rewrite, toy_recipe

SUITE = [Experiment("toy", "999", "A paper of no one", (toy_recipe(),))]


@pytest.fixture
def reports(tmp_path, make_run):
    """Three recorded seeds of one recipe."""
    for seed in range(3):
        save_record(make_run(f"recorded{seed}", seed), tmp_path / "reports")
    return tmp_path / "reports"


def with_errors(run, share, seed=9):
    """Let the run predict another class than it did for this share of its test rows."""
    rng = np.random.default_rng(seed)
    parts = {"select": predictions(seed + 100), "test": predictions(seed)}
    probabilities = parts["test"]["probabilities"]
    wrong = rng.random(len(probabilities)) < share
    probabilities[wrong] = np.roll(np.eye(7, dtype=np.float32)[parts["test"]["labels"][wrong]], 1, axis=1)
    rewrite(run, parts)
    return run


def test_how_far_one_more_run_lies_by_hand():
    """Student's 97.5 % quantiles for one, two and three degrees of freedom: 12.7062, 4.30265 and 3.18245."""
    assert acceptance.reach_of_seeds([[0.6, 0.7, 0.8]], 3) == pytest.approx(4.30265273 * 0.1 * math.sqrt(4 / 3))
    assert acceptance.reach_of_seeds([[0.5, 0.7]], 2) == pytest.approx(12.7062047 * 0.2 / 2**0.5 * math.sqrt(1.5))
    pooled = math.sqrt((2 * 0.1**2 + 0.2**2 / 2) / 3)
    assert acceptance.reach_of_seeds([[0.6, 0.7, 0.8], [0.5, 0.7]], 1) == pytest.approx(3.18244631 * pooled * 2**0.5)
    assert acceptance.reach_of_seeds([], 1) == 0


def test_a_run_like_the_recorded_ones_is_inside_and_one_of_chance_is_not(reports, make_run):
    judged = acceptance.judge(make_run("fresh", 3), reports, SUITE)
    assert judged.accepted
    assert judged.text.startswith("Rule: ")
    assert "INSIDE the band of the recorded seeds. It rests on 3 recorded seeds: toy-cpu-seed0" in judged.text
    judged = acceptance.judge(with_errors(make_run("worse", 4), 0.5), reports, SUITE)
    assert not judged.accepted
    assert "OUTSIDE the band of the recorded seeds. It rests on 3" in judged.text
    assert judged.text.count("| below |") == 3


def shown_band(judged, metric):
    line = next(line for line in judged.text.splitlines() if line.startswith(f"| {metric} "))
    low, high = line.split("|")[3].split(" to ")
    return float(low) / 100, float(high) / 100


def recorded_values(reports, metric):
    runs = (reports / "results" / f"toy-cpu-seed{seed}" for seed in range(3))
    return [read_record(run)["metrics"]["test"][metric] for run in runs]


def test_the_band_is_that_of_the_recorded_values(reports, make_run):
    values = recorded_values(reports, "macro_f1")
    reach = acceptance.reach_of_seeds([values], 3)
    band = shown_band(acceptance.judge(make_run("fresh", 3), reports, SUITE), "macro F1")
    assert band == pytest.approx((sum(values) / 3 - reach, sum(values) / 3 + reach), abs=1e-4)


def test_seeds_that_agree_by_chance_do_not_narrow_it_below_the_rows(reports, make_run, monkeypatch):
    monkeypatch.setattr(acceptance, "reach_of_seeds", lambda groups, n: 1e-9)
    low, high = shown_band(acceptance.judge(make_run("fresh", 3), reports, SUITE), "accuracy")
    assert (low + high) / 2 == pytest.approx(sum(recorded_values(reports, "accuracy")) / 3, abs=1e-4)
    pair = [predictions(seed) for seed in (0, 3)]
    discordant = np.mean(np.equal(*((part["probabilities"].argmax(1) == part["labels"]) for part in pair)) == 0)
    expected = 1.96 * math.sqrt(discordant / 300) * math.sqrt(2 / 3)
    assert (high - low) / 2 == pytest.approx(expected, rel=0.15)


def test_one_seed_takes_the_spread_of_other_recipes_on_the_same_rows(reports, make_run):
    def other(record):
        record.update(recipe="other", run="other-seed0", published=record["published"] | {"name": "other"})

    save_record(make_run("one", 5, other), reports)
    suite = [dataclasses.replace(SUITE[0], recipes=(*SUITE[0].recipes, toy_recipe("other", title="Title of toy")))]
    fresh = make_run("fresh", 6, lambda record: other(record) or record.update(run="other-seed1"))
    judged = acceptance.judge(fresh, reports, suite)
    assert "It rests on 1 recorded seed: other-seed0." in judged.text
    low, high = shown_band(judged, "macro F1")
    reach = acceptance.reach_of_seeds([recorded_values(reports, "macro_f1")], 1)
    assert (high - low) / 2 == pytest.approx(reach, abs=1e-4)


def test_one_recorded_seed_is_enough_for_a_band_and_it_says_so(tmp_path, make_run):
    reports = tmp_path / "one"
    save_record(make_run("recorded", 0), reports)
    fresh = make_run("fresh", 1)
    record = json.loads((fresh / "record.json").read_text())
    same = predictions(0)["rows"]
    parts = {"select": predictions(101), "test": predictions(1) | {"rows": same}}
    (fresh / "record.json").write_text(json.dumps(record))
    rewrite(fresh, parts)
    judged = acceptance.judge(fresh, reports, SUITE)
    assert judged.accepted and "It rests on 1 recorded seed: toy-cpu-seed0." in judged.text
    assert not acceptance.judge(with_errors(make_run("worse", 2), 0.5, seed=2), reports, SUITE).accepted


def test_the_command_ends_with_0_inside_1_outside_and_2_for_bad_input(reports, make_run, monkeypatch, capsys):
    monkeypatch.setattr(acceptance.result_groups, "experiments", lambda names=None: SUITE)
    words = ["--reports", str(reports), "--accept"]
    assert main([*words, str(make_run("fresh", 3))]) == 0
    assert main([*words, str(with_errors(make_run("worse", 4), 0.5))]) == 1
    assert "OUTSIDE" in capsys.readouterr().out
    assert main([*words, str(reports / "results" / "toy-cpu-seed1")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def of_data(**changes):
    return lambda record: record["data"].update(changes)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r.update(recipe="other"), "a run of a recipe of this suite. Received: other"),
        (lambda r: r["published"].update(batch_size=64), "today's toy. Received: one of another \\(batch_size\\)"),
        (of_data(fingerprint="ef" * 32), "Received: another data \\(fingerprint efef"),
        (of_data(split="carved"), "Received: another data \\(split carved, not official\\)"),
        (lambda r: r.update(profile="paper"), "Received: another profile \\(paper, not cpu\\)"),
        (lambda r: r["as_run"].update(batch_size=8), "Received: another batch_size"),
        (lambda r: r["init"].update(kind="checkpoint"), "Received: another start or teachers"),
    ],
)
def test_a_run_that_is_not_like_the_recorded_ones_is_refused(reports, make_run, change, says):
    with pytest.raises(UserError, match=says):
        acceptance.judge(make_run("fresh", 3, change), reports, SUITE)


def test_without_recorded_runs_of_today_there_is_nothing_to_hold_it_against(reports, make_run, tmp_path):
    with pytest.raises(UserError, match="Expected a recorded run of toy under results/. Received: none"):
        acceptance.judge(make_run("fresh", 3), tmp_path / "empty", SUITE)
    today = toy_recipe(batch_size=64)
    changed = [Experiment("toy", "999", "A paper of no one", (today,))]
    fresh = make_run("of_today", 4, lambda record: record.update(published=resolve.as_data(today)))
    with pytest.raises(
        UserError, match="recorded runs of today's toy. Received: toy-cpu-seed0 of another \\(batch_size\\)"
    ):
        acceptance.judge(fresh, reports, changed)


def test_a_recorded_run_is_no_fresh_one(reports):
    with pytest.raises(UserError, match="Expected a fresh run. Received: the recorded toy-cpu-seed1 itself"):
        acceptance.judge(reports / "results" / "toy-cpu-seed1", reports, SUITE)


def test_runs_taught_by_others_are_not_held_against_each_other(make_run):
    record = read_record(make_run("fresh", 3))
    groups = acceptance.result_groups.groups([record, record | {"teachers": {"runs": [{"sha256": "ab"}]}}])
    assert len(groups) == 2


def test_words_of_the_recipe_decide_nothing(reports, make_run):
    suite = [dataclasses.replace(SUITE[0], recipes=(toy_recipe(title="Other words"),))]
    assert acceptance.judge(make_run("fresh", 3), reports, suite).accepted
