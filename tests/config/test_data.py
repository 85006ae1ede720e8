"""Teachers in a recipe's data and among the options: said again, refused by name."""

import dataclasses
import pathlib

import pytest

from fer_keras.config.data import Data
from fer_keras.config.options import Options, require
from fer_keras.config.recipe import Phase
from fer_keras.config.settings import Optimizer
from fer_keras.io.errors import UserError
from fer_keras.recipes.compact import DISTILLED, MUON

TAUGHT = Data(teachers=("compact_muon",), teacher_share=0.5)


def test_teachers_are_said_again_as_given():
    assert Options(teachers=(pathlib.Path("runs/a"), pathlib.Path("b"))).words() == ["--teachers", "runs/a", "b"]
    assert Options(teachers=()).words() == []


def test_teachers_that_are_not_there_or_not_wanted_are_refused(tmp_path):
    require(Options(teachers=(tmp_path,)), DISTILLED)
    with pytest.raises(UserError, match="Expected a finished run at none for --teachers. Received: no such folder"):
        require(Options(teachers=(pathlib.Path("none"),)), DISTILLED)
    with pytest.raises(UserError, match="Expected a recipe with teachers for --teachers. Received: compact_muon"):
        require(Options(teachers=(tmp_path,)), MUON)


def test_a_phase_has_no_teachers_of_its_own():
    with pytest.raises(ValueError, match="Expected teachers in the recipe's data. Received: some in phase first"):
        Phase("first", 1, Optimizer("adam", 1e-3), data=TAUGHT)


def test_the_distilled_recipes_differ_from_theirs_in_words_and_teachers_alone():
    same = dataclasses.replace(
        DISTILLED, name=MUON.name, title=MUON.title, assumed=MUON.assumed, data=DISTILLED.data.untaught()
    )
    assert same == MUON
