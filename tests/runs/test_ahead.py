"""Which starting weights cannot be had, asked before any run begins."""

import pytest

from fer_keras.io.errors import UserError
from fer_keras.models.weights import initial
from fer_keras.runs import ahead

pytestmark = pytest.mark.slow


def test_each_network_is_asked_for_once_and_every_recipe_told(monkeypatch):
    asked = []

    def refuse(model, init):
        asked.append((model.get_layer("backbone").name, init))
        raise UserError("no such weights")

    monkeypatch.setattr(initial, "load_backbone", refuse)
    names = ["transfer_frozen_sum", "transfer_frozen_sphere"]
    assert ahead.unavailable(names) == dict.fromkeys(names, "no such weights")
    assert asked == [("backbone", "imagenet")]


def test_recipes_whose_weights_are_there_are_not_named(monkeypatch):
    monkeypatch.setattr(initial, "load_backbone", lambda model, init: {"kind": init})
    assert ahead.unavailable(["transfer_frozen_sum"]) == {}
