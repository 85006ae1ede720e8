import dataclasses

import pytest

from fer_keras.config import resolve
from fer_keras.config.recipe import Data, Phase, Profile, Recipe, Reported
from fer_keras.config.settings import Augment, Cosine, CosineRestarts, Optimizer
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import HYBRID

ADAM = Optimizer("adam", 1e-3)


def recipe(**changes):
    phase = Phase("only", 3, Optimizer("adam", 1e-3, groups=(("backbone/", 1e-4),)))
    return Recipe(**({"name": "r", "title": "t", "model": "compact", "phases": (phase,), "batch_size": 8} | changes))


@pytest.mark.parametrize(
    ("build", "received"),
    [
        (lambda: recipe(model="resnet51"), "resnet51"),
        (lambda: recipe(init="pretrained"), "pretrained"),
        (lambda: recipe(phases=()), "none"),
        (lambda: recipe(phases=recipe().phases * 2), "only"),
        (lambda: recipe(class_weights={"furious": 1.0}), "furious"),
        (lambda: recipe(oversample={"disgusted": 3}), "disgusted"),
        (lambda: recipe(data=Data(expected_labels=1.5)), "a share of expected labels in 0..1. Received: 1.5"),
        (lambda: recipe(data=Data(max_train_rows=0)), "max_train_rows of at least 1, or None. Received: 0"),
        (lambda: recipe(data=Data("ferplus", soft_labels=True)), "labels of fer2013. Received: 'ferplus'"),
        (lambda: recipe(monitor="auc"), "auc"),
        (lambda: recipe(keep="first"), "first"),
        (lambda: recipe(profiles={"cpu": Profile(minutes=1, epochs={"head": 1})}), "head"),
        (lambda: recipe(profiles={"cpu": Profile(minutes=1, schedules={"head": Cosine()})}), "head"),
        (lambda: Reported("recall/joy", 0.5, "§1"), "recall/joy"),
        (lambda: Reported("accuracy", 0.5, "§1", split="PublicTest"), "PublicTest"),
        (lambda: Data(split="private"), "private"),
        (lambda: Phase("p", 0, Optimizer("adam", 1e-3)), "0"),
        (lambda: Phase("p", 1, Optimizer("adam", 1e-3), backbone="half"), "half"),
        (lambda: Optimizer("rmsprop", 1e-3), "rmsprop"),
        (lambda: Optimizer("adam", 0.0), "0.0"),
        (lambda: Optimizer("adamw", 1e-3, l2_in_gradient=1e-4), "l2_in_gradient"),
        (lambda: Optimizer("muon", 1e-3, l2_in_gradient=1e-4), "l2_in_gradient"),
        (lambda: Augment(fill_mode="edge"), "edge"),
    ],
)
def test_a_recipe_refuses_what_cannot_be_run_and_says_what_it_received(build, received):
    with pytest.raises(ValueError, match=r"Expected .* Received: .*") as error:
        build()
    assert received in str(error.value)


def test_a_misspelt_field_fails():
    with pytest.raises(TypeError, match="lable_smoothing"):
        recipe(lable_smoothing=0.1)


def test_a_profile_changes_what_it_names_and_scales_groups_with_their_phase():
    printed = recipe(
        profiles={"cpu": Profile(minutes=1, epochs={"only": 1}, learning_rates={"only": 1e-2}, batch_size=4)}
    )
    run = resolve.as_run(printed, "cpu")
    assert (run.phases[0].epochs, run.batch_size) == (1, 4)
    assert run.phases[0].optimizer.learning_rate == 1e-2
    assert run.phases[0].optimizer.groups == (("backbone/", 1e-3),)


def test_a_profile_ends_a_phase_with_a_cycle_of_its_own():
    phase = Phase("only", 20, Optimizer("adam", 1e-3, CosineRestarts(first_epochs=10)))
    short = Profile(minutes=1, epochs={"only": 4}, schedules={"only": CosineRestarts(first_epochs=4)})
    printed = recipe(phases=(phase,), profiles={"cpu": short})
    run = resolve.as_run(printed, "cpu")
    assert run.phases[0].optimizer == Optimizer("adam", 1e-3, CosineRestarts(first_epochs=4))
    assert resolve.deviations(printed, run) == [
        {"field": "phases[only].epochs", "published": 20, "run": 4},
        {"field": "phases[only].optimizer.schedule.first_epochs", "published": 10, "run": 4},
    ]


def test_the_command_line_overrides_the_profile():
    printed = recipe(profiles={"cpu": Profile(minutes=1, epochs={"only": 1}, image_size=32, batch_size=4)})
    run = resolve.as_run(printed, "cpu", epochs=7, batch_size=2, image_size=64)
    assert (run.phases[0].epochs, run.batch_size, run.model_args["image_size"]) == (7, 2, 64)


def test_the_training_images_of_a_profile_are_part_of_the_recipe_as_run():
    phases = (Phase("first", 1, ADAM, data=Data("affectnet")), Phase("second", 1, ADAM))
    cpu = {"cpu": Profile(minutes=1, rows=600), "all": Profile(minutes=1)}
    printed = recipe(phases=phases, data=Data(split="carved"), profiles=cpu)
    run = resolve.as_run(printed, "cpu")
    assert run.data == Data(split="carved", max_train_rows=600)
    assert [phase.data for phase in run.phases] == [Data("affectnet", max_train_rows=600), None]
    assert resolve.deviations(printed, run) == [
        {"field": "phases[first].data.max_train_rows", "published": None, "run": 600},
        {"field": "data.max_train_rows", "published": None, "run": 600},
    ]
    assert resolve.deviations(printed, resolve.as_run(printed, "all")) == []


def test_a_profile_leaves_a_phase_out_whatever_the_command_line_says_of_epochs():
    phases = tuple(Phase(name, 3, ADAM) for name in ("first", "second"))
    printed = recipe(phases=phases, profiles={"short": Profile(minutes=1, epochs={"first": 0, "second": 2})})
    assert [(phase.name, phase.epochs) for phase in resolve.as_run(printed, "short", epochs=5).phases] == [
        ("second", 5)
    ]
    assert resolve.deviations(printed, resolve.as_run(printed, "short")) == [
        {"field": "phases[first]", "published": "3 epochs", "run": "left out"},
        {"field": "phases[second].epochs", "published": 3, "run": 2},
    ]


def test_a_profile_that_leaves_every_phase_out_is_refused():
    with pytest.raises(ValueError, match="Expected a phase in profile. Received: none"):
        recipe(profiles={"empty": Profile(minutes=1, epochs={"only": 0})})


def test_a_record_from_before_a_field_was_there_states_the_same_as_one_that_leaves_it_at_its_default():
    now = resolve.as_data(recipe())
    before = {key: value for key, value in now.items() if key != "mixup"}
    before["data"] = {key: value for key, value in now["data"].items() if key != "expected_labels"}
    assert before != now and resolve.stated(before) == resolve.stated(now)
    softened = resolve.as_data(recipe(data=Data(expected_labels=0.5)))
    assert resolve.stated(softened)["data"] == {"kind": "Data", "expected_labels": 0.5}
    assert resolve.stated(softened) != resolve.stated(now)
    assert resolve.stated(now)["phases"][0]["optimizer"]["name"] == "adam"
    assert resolve.completed(before) == resolve.completed(resolve.stated(now)) == resolve.completed(now) == now


@pytest.mark.parametrize("override", ["epochs", "batch_size", "image_size"])
def test_an_override_below_one_is_refused(override):
    with pytest.raises(UserError, match=f"--{override.replace('_', '-')} of at least 1"):
        resolve.as_run(recipe(), "paper", **{override: 0})


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(UserError, match=r"paper, cpu, demo, smoke.*'fast'"):
        resolve.as_run(HYBRID, "fast")


def test_the_deviations_are_the_difference_and_nothing_else():
    assert resolve.deviations(HYBRID, HYBRID) == []
    run = dataclasses.replace(resolve.as_run(HYBRID, "paper", image_size=96), init="scratch")
    assert resolve.deviations(HYBRID, run) == [
        {"field": "model_args.image_size", "published": 224, "run": 96},
        {"field": "init", "published": "imagenet", "run": "scratch"},
    ]


def test_the_deviations_name_the_phase():
    fields = {line["field"] for line in resolve.deviations(HYBRID, resolve.as_run(HYBRID, "cpu"))}
    assert "phases[unfreeze-140].epochs" in fields
    assert "phases[frozen].optimizer.learning_rate" in fields


def test_003_is_written_as_printed():
    weights = {
        "angry": 0.81,
        "disgust": 7.31,
        "fear": 0.78,
        "happy": 0.44,
        "sad": 0.66,
        "surprise": 0.99,
        "neutral": 0.65,
    }
    assert HYBRID.class_weights == weights
    rates = [(p.epochs, p.optimizer.learning_rate, p.backbone) for p in HYBRID.phases]
    assert rates == [(30, 1e-5, "frozen"), (15, 1e-5, 160), (15, 5e-6, 140), (20, 1e-6, 100), (20, 1e-7, "frozen")]
    assert {p.batch_norm for p in HYBRID.phases} == {"frozen"}
    reported = {number.metric: number.value for number in HYBRID.reported}
    assert (reported["balanced_accuracy"], reported["macro_f1"], reported["log_loss"]) == (0.5887, 0.5737, 1.056)


def test_a_profile_names_arguments_of_the_model_beside_the_recipes():
    profiles = {"demo": Profile(minutes=1, image_size=32, model_args={"momentum": 0.9})}
    recipe = dataclasses.replace(HYBRID, profiles=profiles)
    assert resolve.as_run(recipe, "demo").model_args == {**HYBRID.model_args, "image_size": 32, "momentum": 0.9}
    assert resolve.as_run(recipe, "demo", image_size=40).model_args["image_size"] == 40
    changes = {change["field"]: change["run"] for change in resolve.deviations(recipe, resolve.as_run(recipe, "demo"))}
    assert changes == {"model_args.image_size": 32, "model_args.momentum": 0.9}


def test_drawn_faces_are_for_the_profile_called_demo_where_there_is_one():
    assert resolve.demo_profile(HYBRID.profiles) == "demo"
    assert resolve.demo_profile({"cpu": Profile(minutes=1), "smoke": Profile(minutes=1)}) == "smoke"
