"""A profile that starts from another recipe's backbone trains that first, on the same faces, and says so everywhere."""

import dataclasses
import json

import pytest

from fer_keras import recipes
from fer_keras.config.options import Options
from fer_keras.config.recipe import Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Optimizer

DEMO = Profile(minutes=1, image_size=32, rows=64)
FIRST = Recipe(
    name="first",
    title="What comes first",
    model="backbone_classifier",
    model_args={"backbone": "tiny", "image_size": 48},
    phases=(Phase("supervised", 1, Optimizer("adam", 1e-3)),),
    batch_size=32,
    profiles={"demo": dataclasses.replace(DEMO, model_args={"momentum": 0.8})},
)
SECOND = dataclasses.replace(
    FIRST,
    name="second",
    title="What starts from it",
    init="imagenet",
    phases=(Phase("frozen", 1, Optimizer("adam", 1e-3), "frozen", "frozen"),),
    profiles={"demo": dataclasses.replace(DEMO, start="first"), "smoke": DEMO},
)
EXPERIMENT = Experiment("two", "none", "Two runs", (SECOND, FIRST))


def test_every_start_is_a_recipe_with_a_profile_of_the_same_name():
    starts = [
        (recipe, name, profile.start)
        for recipe in recipes.recipes().values()
        for name, profile in recipe.profiles.items()
        if profile.start
    ]
    assert [(recipe.name, name) for recipe, name, _ in starts] == [
        ("hybrid_resnet50", "demo"),
        ("hybrid_unweighted", "demo"),
    ]
    for recipe, name, start in starts:
        first = recipes.recipes()[start]
        assert name in first.profiles
        assert recipes.experiment_of(start).recipe(start) is first
        assert first.model_args["backbone"] == "resnet50" and recipe.init == "imagenet"


def tiny(side, channels):
    """Return a backbone of one convolution, which trains in a moment."""
    import keras

    image = keras.Input((side, side, channels))
    x = keras.layers.Conv2D(8, 3, strides=4, name="tiny_conv")(image)
    x = keras.layers.BatchNormalization(name="tiny_bn")(x)
    return keras.Model(image, keras.layers.ReLU(name="tiny_relu")(x), name="backbone")


@pytest.fixture
def here(tmp_path, monkeypatch):
    from fer_keras.models import backbones

    known = backbones.BACKBONES["resnet18"]
    registered = dataclasses.replace(known, name="tiny", build=tiny, deepest="tiny_conv", residual_norm=None)
    monkeypatch.setitem(backbones.BACKBONES, "tiny", registered)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.setattr(recipes, "recipes", lambda: {"first": FIRST, "second": SECOND})
    monkeypatch.setattr(recipes, "experiment_of", lambda name: EXPERIMENT)
    return tmp_path / "runs"


@pytest.mark.slow
def test_the_demo_is_two_runs_and_the_second_starts_from_the_first(here, capsys):
    from fer_keras.api.run import run

    # A size that the user asks for is the run's own; the seed and the precision are its start's, too.
    options = Options(seed=4, precision="float32", batch_size=16)
    folder = run(EXPERIMENT, SECOND, options)
    said = capsys.readouterr().out
    assert said.count("No FER2013 found") == 1
    assert "Two runs: first, and from its backbone second. About 1 min on two CPU cores" in said
    first = next(here.glob("first-demo-seed4*"))
    records = [json.loads((path / "record.json").read_text()) for path in (first, folder)]
    assert [record["profile"] for record in records] == ["demo", "demo"]
    assert [record["as_run"]["batch_size"] for record in records] == [32, 16]
    assert [record["environment"]["precision"].split()[0] for record in records] == ["float32", "float32"]
    assert records[0]["as_run"]["model_args"]["momentum"] == 0.8
    assert records[1]["init"]["kind"] == "checkpoint"
    assert (
        records[1]["init"]["file"]
        == records[1]["as_run"]["init"]
        == str(first.relative_to(here.parent) / "model.keras")
    )
    deviation = next(entry for entry in records[1]["deviations"] if entry["field"] == "init")
    assert deviation == {"field": "init", "published": "imagenet", "run": records[1]["as_run"]["init"]}
    for path in (first, folder):
        assert "synthetic" in (path / "report.md").read_text().lower()
    assert [(path / "saved_model").exists() for path in (first, folder)] == [False, True]

    # The same request again trains nothing.
    before = [(path / "record.json").read_bytes() for path in (first, folder)]
    assert run(EXPERIMENT, SECOND, options) == folder
    assert [(path / "record.json").read_bytes() for path in (first, folder)] == before
    assert "Phase" not in capsys.readouterr().out


class Begun(Exception):
    """A run has begun: its recipe as run is in `args`."""


@pytest.mark.parametrize("options", [Options(init="scratch"), Options(profile="smoke")])
def test_a_start_of_the_users_own_and_another_profile_need_none_first(here, monkeypatch, options):
    from fer_keras.api.run import run
    from fer_keras.runs import train_run

    def begin(experiment, printed, recipe, *others):
        raise Begun(recipe)

    monkeypatch.setattr(train_run, "complete", begin)
    with pytest.raises(Begun) as begun:
        run(EXPERIMENT, SECOND, options)
    (recipe,) = begun.value.args
    assert (recipe.name, recipe.init) == ("second", "scratch")


def test_on_a_processor_without_bfloat16_the_demo_says_that_it_takes_longer(here, monkeypatch, capsys):
    from fer_keras.api.run import run
    from fer_keras.runs import train_run
    from fer_keras.training import precision

    def begin(*request):
        raise Begun

    monkeypatch.setattr(train_run, "complete", begin)
    for policy, says in (
        ("float32", "in bfloat16; in float32, as here, about 2 times"),
        ("mixed_bfloat16", "in bfloat16."),
    ):
        monkeypatch.setattr(
            precision, "choose", lambda *request, policy=policy, **how: precision.Precision(policy, False, "")
        )
        with pytest.raises(Begun):
            run(EXPERIMENT, SECOND, Options())
        assert says in capsys.readouterr().out
