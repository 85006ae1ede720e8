"""A result whose recipe has changed since says so, until somebody accepts that or runs it again."""

import dataclasses

import pytest

from fer_keras.config import resolve
from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe, Reported
from fer_keras.config.settings import Augment, Optimizer
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.report import drift

RECIPE = Recipe(
    name="toy",
    title="Toy network",
    model="vanilla_cnn",
    phases=(Phase("warm", 1, Optimizer("adam", 1e-3)), Phase("all", 9, Optimizer("adam", 1e-3), section="§3")),
    batch_size=32,
    reported=(Reported("accuracy", 0.99, "Table 1"),),
    profiles={"cpu": Profile(minutes=3, rows=500), "smoke": Profile(minutes=1, rows=64)},
)
PHASE = RECIPE.phases[1]
RUN = "toy-cpu-seed0"


def record_of(recipe=RECIPE, profile="cpu"):
    return {"run": RUN, "recipe": "toy", "profile": profile, "published": resolve.as_data(recipe)}


def changed(**fields):
    return dataclasses.replace(RECIPE, **fields)


def suite(recipe):
    return [Experiment("toys", "999", "A paper of no one", (recipe,))]


def phase(**fields):
    return changed(phases=(RECIPE.phases[0], dataclasses.replace(PHASE, **fields)))


@pytest.mark.parametrize(
    ("today", "fields"),
    [
        (changed(batch_size=64), ["batch_size"]),
        (changed(data=Data(split="carved")), ["data.split"]),
        (changed(augment=Augment(horizontal_flip=True)), ["augment.horizontal_flip"]),
        (changed(keep="last", monitor="loss"), ["keep", "monitor"]),
        (phase(epochs=10), ["phases[all].epochs"]),
        (phase(optimizer=Optimizer("adam", 3e-4)), ["phases[all].optimizer.learning_rate"]),
        (changed(phases=RECIPE.phases[:1]), ["phases"]),
        (changed(phases=(*RECIPE.phases, Phase("more", 1, Optimizer("adam", 1e-3)))), ["phases"]),
        (changed(profiles={"cpu": Profile(minutes=3, rows=400)}), ["profiles.cpu.rows"]),
        (changed(profiles={}), ["profiles.cpu.rows"]),
        (None, [drift.REMOVED]),
    ],
)
def test_what_decides_training_is_a_change_and_is_named(today, fields):
    assert drift.changed_fields(record_of(), today) == fields


@pytest.mark.parametrize(
    "today",
    [
        RECIPE,
        changed(title="Another title", assumed=("Batch size.",), changed=("Nothing.",), paper_minutes=9.0),
        changed(reported=(Reported("accuracy", 0.98, "Table 2"),)),
        phase(section="§4"),
        changed(profiles={"cpu": Profile(minutes=5, note="Slower.", rows=500), "smoke": Profile(minutes=1, rows=32)}),
        changed(profiles={"cpu": Profile(minutes=3, rows=500)}),
    ],
)
def test_words_numbers_of_the_paper_and_other_profiles_are_no_change(today):
    assert drift.changed_fields(record_of(), today) == []
    assert drift.digest(today, "cpu") == drift.digest(RECIPE, "cpu")


def test_the_profile_of_a_demo_is_smoke():
    assert drift.changed_fields(
        record_of(profile="demo"), changed(profiles={"smoke": Profile(minutes=1, rows=32)})
    ) == ["profiles.smoke.rows"]


def test_a_field_that_is_newer_than_the_record_has_its_default():
    old = record_of()
    del old["published"]["mixup"], old["published"]["data"]["max_train_rows"]
    assert drift.changed_fields(old, RECIPE) == []
    assert drift.changed_fields(old, changed(mixup=0.2)) == ["mixup"]


def test_a_changed_recipe_is_marked_until_it_is_accepted_and_again_after_the_next_change(tmp_path):
    records, today = {RUN: record_of()}, suite(changed(batch_size=64))
    assert drift.marked(records, suite(RECIPE), tmp_path) == records
    assert (drift.mark(records[RUN]), drift.warning(records[RUN])) == ("", "")
    found = drift.marked(records, today, tmp_path)
    assert drift.unaccepted(found) == [RUN]
    assert drift.mark(found[RUN]) == ", recipe changed since"
    assert drift.warning(found[RUN]) == "> **RECIPE CHANGED SINCE: batch_size.** Not accepted: run it again."

    path = drift.accept(RUN, "The batch\nonly was a misprint.", found, today, tmp_path)
    assert files.read_json(path).keys() == {RUN}
    accepted = drift.marked(records, today, tmp_path)
    assert drift.unaccepted(accepted) == []
    assert drift.mark(accepted[RUN]) == ", recipe changed since"
    assert drift.warning(accepted[RUN]).endswith("batch_size.** Accepted: The batch only was a misprint.")
    assert drift.unaccepted(drift.marked(records, suite(changed(batch_size=128)), tmp_path)) == [RUN]
    assert drift.KEY not in records[RUN]


@pytest.mark.parametrize(
    ("run", "why", "today", "says"),
    [
        ("toy-cpu-seed9", "Why not.", changed(batch_size=64), "a run under results/ .* 'toy-cpu-seed9'"),
        (RUN, "Why not.", RECIPE, "one of the same. There is nothing to accept"),
        (RUN, " ", changed(batch_size=64), "Expected --why, a reason in words"),
    ],
)
def test_what_cannot_be_accepted_is_one_line_and_writes_nothing(tmp_path, run, why, today, says):
    with pytest.raises(UserError, match=says):
        drift.accept(run, why, {RUN: record_of()}, suite(today), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["[]", '{"toy": 1}', '{"toy": {"recipe": "ab"}}', "{"])
def test_a_damaged_list_of_accepted_recipes_is_one_line(tmp_path, content):
    (tmp_path / drift.ACCEPTED).write_text(content)
    with pytest.raises(UserError, match=r"accepted_recipes\.json"):
        drift.marked({RUN: record_of()}, suite(RECIPE), tmp_path)
