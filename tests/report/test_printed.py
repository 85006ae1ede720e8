"""Pages hold today's printed numbers against runs that were recorded before they were read."""

import dataclasses

from fer_keras.config.recipe import Experiment, Reported
from fer_keras.report import printed, verdict
from fer_keras.runs.record import read_record
from tests.made_up_run import toy_recipe


def test_a_number_that_was_overlooked_is_held_against_a_recorded_run(make_run):
    record = read_record(make_run())
    recipe = toy_recipe(reported=(Reported("weighted_f1", 0.5, "Table I"),), architecture_printed=False)
    suite = [Experiment("toy", "999", "A paper of no one", (recipe,))]
    found = printed.of_today({"run": record}, suite)["run"]
    assert found["reported"] == [dataclasses.asdict(recipe.reported[0])]
    assert [one.reason.split(";")[0] for one in verdict.judge_all(found)] == [verdict.NOT_PRINTED]
    assert len(record["reported"]) == 3  # the record itself is as it was


def test_a_run_of_a_recipe_that_is_gone_keeps_its_numbers(make_run):
    record = read_record(make_run())
    assert printed.of_today({"run": record}, []) == {"run": record}
