"""What every recipe trains, as published: the parameters of its network, those that each phase trains, its optimizers."""

import dataclasses
import functools
import json
import pathlib

import keras
import pytest

from fer_keras.config import resolve
from fer_keras.models import builder
from fer_keras.models.backbones import BACKBONES
from fer_keras.recipes import recipes
from fer_keras.training import freeze, optimizers

RECIPES = recipes()
COUNTS = json.loads(pathlib.Path(__file__).with_name("recipe_counts.json").read_text())
KINDS = {"affectnet": (8, 3), "ferplus": (8, 1), "fer2013": (7, 1)}
"""Classes and channels of each data set."""

CLASSES = {"adam": "AdamL2", "adamw": "FusedAdamW", "sgd": "SGDL2", "muon": "ConvolutionMuon"}
"""The optimizer that each name of a recipe becomes."""


@pytest.fixture(scope="module", autouse=True)
def _each_backbone_is_built_once():
    """Networks that differ in their heads share one: nothing here has values, and `freeze.apply` sets what trains anew."""
    registered = dict(BACKBONES)
    BACKBONES.update(
        {
            name: dataclasses.replace(backbone, build=functools.cache(backbone.build))
            for name, backbone in registered.items()
        }
    )
    yield
    BACKBONES.update(registered)
    keras.backend.clear_session()  # or the next test to draw a value would draw all that were left out


@functools.cache
def network(model: str, arguments: tuple, classes: int, channels: int) -> keras.Model:
    with keras.StatelessScope(initialize_variables=False):  # to draw their values would take longest
        return builder(model)(**dict(arguments), classes=classes, channels=channels)


def network_of(recipe, phase) -> keras.Model:
    kind = KINDS[(phase.data or recipe.data).dataset]
    return network(recipe.model, tuple(sorted(recipe.model_args.items())), *kind)


def test_the_table_is_complete():
    assert COUNTS.keys() == RECIPES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_counts_and_optimizers(name):
    recipe, trainable = RECIPES[name], {}
    for phase in recipe.phases:
        model = network_of(recipe, phase)
        trainable[phase.name] = freeze.apply(model, phase)
        _expect_optimizer(phase, [variable.path for variable in model.trainable_variables])
    assert {"parameters": model.count_params(), "trainable": trainable} == COUNTS[name]


def _expect_optimizer(phase, paths):
    """Build the phase's optimizer on the paths that train: one a group and the default, at the rates of the recipe."""
    singles = optimizers.inner(optimizers.build(phase.optimizer, phase.epochs, 10, paths))
    assert {type(single).__name__ for single in singles} == {CLASSES[phase.optimizer.name]}
    assert len(singles) == 1 + len(phase.optimizer.groups)


@pytest.mark.parametrize("name", RECIPES)
def test_every_profile_holds_its_numbers_against_the_same_paper_and_leaves_the_division(name):
    recipe = RECIPES[name]
    for profile in recipe.profiles:
        reduced = resolve.as_run(recipe, profile)
        assert (reduced.model, reduced.reported) == (recipe.model, recipe.reported)
        assert dataclasses.replace(reduced.data, max_train_rows=None) == recipe.data
        assert {phase.name for phase in reduced.phases} <= {phase.name for phase in recipe.phases}
