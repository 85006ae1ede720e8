"""What every recipe trains, as printed: the parameters of its network, and those that each phase trains."""

import json
import pathlib

import keras
import pytest

from fer_keras.models import builder
from fer_keras.recipes import recipes
from fer_keras.train import freeze

RECIPES = recipes()
COUNTS = json.loads(pathlib.Path(__file__).with_name("recipe_counts.json").read_text())
AFFECTNET, FERPLUS, FER2013 = (8, 3), (8, 1), (7, 1)
"""Classes and channels of each data set."""


def counted(recipe) -> dict:
    """Return {"parameters": of the last phase's network, "trainable": {phase: parameters that train}}."""
    networks, trainable = {}, {}
    for phase in recipe.phases:
        dataset = (phase.data or recipe.data).dataset
        kind = {"affectnet": AFFECTNET, "ferplus": FERPLUS, "fer2013": FER2013}[dataset]
        if kind not in networks:
            with keras.StatelessScope(initialize_variables=False):  # to draw their values would take longest
                networks[kind] = builder(recipe.model)(**recipe.model_args, classes=kind[0], channels=kind[1])
        trainable[phase.name] = freeze.apply(networks[kind], phase)
    return {"parameters": networks[kind].count_params(), "trainable": trainable}


def test_the_table_is_complete():
    assert COUNTS.keys() == RECIPES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_counts(name):
    try:
        assert counted(RECIPES[name]) == COUNTS[name]
    finally:
        keras.backend.clear_session()  # or the next test to draw a value would draw all that were left out
