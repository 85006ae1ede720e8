"""Which starting weights cannot be had, asked before any run begins."""

import pytest

from fer_keras.io.errors import UserError
from fer_keras.models.backbones import family
from fer_keras.models.weights import initial
from fer_keras.runs import ahead

pytestmark = pytest.mark.slow


def test_each_network_is_asked_for_once_and_every_recipe_without_is_told(monkeypatch):
    asked = []

    def load(model, init):
        asked.append((family(model.get_layer("backbone")), init))
        if asked[-1][0] == "resnet18":
            raise UserError("no such weights")

    monkeypatch.setattr(initial, "load_backbone", load)
    names = ["frozen_base", "transfer_frozen_sum", "transfer_frozen_sphere", "resnet18_transfer"]
    assert ahead.unavailable(names) == dict.fromkeys(["frozen_base", "resnet18_transfer"], "no such weights")
    assert asked == [("resnet18", "imagenet"), ("efficientnetlite0", "imagenet")]
