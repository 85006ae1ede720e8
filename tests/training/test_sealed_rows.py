"""Training never touches the test rows: it is tried with rows that refuse, and with test rows in place of others."""

import dataclasses
import functools

import pytest

from fer_keras.config.recipe import Phase, Recipe
from fer_keras.config.settings import Optimizer
from fer_keras.data import splits
from fer_keras.models import builder
from fer_keras.training.evaluation import evaluate
from fer_keras.training.phases import Trainer

RECIPE = Recipe(
    name="tiny",
    title="tiny",
    model="compact",
    model_args={"image_size": 48, "widths": (4, 6), "pairs": (1,)},
    batch_size=64,
    phases=(Phase("only", 1, Optimizer("adam", 1e-3)),),
)


class Refusing(splits.Sealed):
    """Sealed rows whose faces nothing may look at."""

    def __init__(self, sealed):
        self.name, self.access, self.size = sealed.name, [], len(sealed)

    def __len__(self):
        return self.size

    @property
    def _faces(self):
        raise AssertionError("training looked at the test rows")


def build(names, channels, side):
    return builder(RECIPE.model)(**RECIPE.model_args, classes=len(names), channels=channels, input_size=side)


def train(divided, folder):
    return Trainer(
        recipe=RECIPE,
        seed=0,
        splits_of=functools.cache(lambda data: divided),
        build=build,
        initialise=lambda model: None,
        folder=folder,
        quiet=True,
    ).train()


@pytest.mark.parametrize("split", ["official", "merged"])
def test_a_whole_training_never_looks_at_the_test_rows(toy, tmp_path, split):
    divided = splits.divide(toy, split)
    refusing = [sealed and Refusing(sealed) for sealed in (divided.test, divided.private)]
    found = train(dataclasses.replace(divided, test=refusing[0], private=refusing[1]), tmp_path)
    assert [row["phase"] for row in found.history] == ["only"]
    assert all(sealed.access == [] for sealed in refusing if sealed)


@pytest.mark.parametrize("part", ["train", "select"])
def test_test_rows_cannot_take_the_place_of_others(toy, part):
    divided = splits.divide(toy, "official")
    with pytest.raises(TypeError, match=rf"Expected Faces for {part}\. Received: Sealed\(PrivateTest, 80 rows"):
        dataclasses.replace(divided, **{part: divided.test})


def test_test_rows_must_be_sealed(toy):
    divided = splits.divide(toy, "official")
    with pytest.raises(TypeError, match=r"Expected Sealed for test\. Received: Faces\("):
        dataclasses.replace(divided, test=divided.select)


def test_the_evaluation_of_an_epoch_takes_no_test_rows(toy):
    with pytest.raises(TypeError, match="Expected Faces"):
        evaluate(build("abcdefg", 1, 48), splits.divide(toy, "official").test)
