"""Pages compare today's published numbers, in today's words, with runs that were recorded before."""

import dataclasses

from fer_keras.config.recipe import Experiment, Reported
from fer_keras.report import drift, published, verdict
from fer_keras.runs.record import read_record
from tests.made_up_run import toy_recipe


def test_a_number_that_was_overlooked_is_compared_with_a_recorded_run(make_run):
    record = read_record(make_run())
    recipe = toy_recipe(reported=(Reported("weighted_f1", 0.5, "Table I"),), architecture_printed=False)
    suite = [Experiment("toy", "999", "A paper of no one", (recipe,))]
    found = published.of_today({"run": record}, suite)["run"]
    assert found["reported"] == [dataclasses.asdict(recipe.reported[0])]
    assert [one.reason.split(";")[0] for one in verdict.judge_all(found)] == [verdict.NOT_PUBLISHED]
    assert len(record["reported"]) == 3  # the record itself is as it was


def test_a_run_of_a_recipe_that_is_gone_keeps_its_numbers(make_run):
    record = read_record(make_run())
    assert published.of_today({"run": record}, []) == {"run": record}


def test_words_are_todays_unless_the_recipe_has_changed(make_run):
    record = read_record(make_run())
    suite = [Experiment("toy", "999", "A paper of no one", (toy_recipe(title="Clearer", assumed=("So.",)),))]
    words = published.of_today({"run": record}, suite)["run"]
    assert (words["title"], words["assumed"], words["changed"]) == ("Clearer", ["So."], [])
    changed = record | {drift.KEY: {"fields": ["batch_size"], "why": None}}
    words = published.of_today({"run": changed}, suite)["run"]
    assert (words["title"], words["assumed"]) == (record["title"], record["assumed"])
