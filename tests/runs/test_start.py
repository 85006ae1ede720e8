"""A run whose network starts from one of its teachers, its convolutions reduced to a low rank."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.recipe import Data, Phase
from fer_keras.config.settings import Optimizer
from fer_keras.data import training_history
from fer_keras.data.splits import divide
from fer_keras.io.errors import UserError
from fer_keras.models import builder, saved
from fer_keras.models.weights import low_rank
from fer_keras.report import page
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.record import read_facts, read_record
from tests.distilled import TEACHER as TINY
from tests.distilled import train

pytestmark = pytest.mark.slow

TEACHER = dataclasses.replace(TINY, model_args={**TINY.model_args, "widths": (4, 8), "pairs": (1,)})
STUDENT = dataclasses.replace(
    TEACHER,
    name="student",
    model_args={**TEACHER.model_args, "ranks": (3,)},
    init="teacher",
    data=Data(teachers=("tiny", "tiny"), teacher_share=0.8, teacher_view="augmented"),
    phases=(Phase("train", 1, Optimizer("sgd", 1e-12)),),
)


@pytest.fixture(scope="module")
def runs(toy, tmp_path_factory):
    """The whole network, another of other widths, and the student of both, whose rate leaves it where it starts."""
    folder = tmp_path_factory.mktemp("runs")
    whole = train(toy, folder / "tiny-seed1", TEACHER, seed=1)
    other = train(toy, folder / "other", TINY)
    return whole, other, train(toy, folder / "student", STUDENT, teachers=(whole, other), init="teacher")


def test_of_several_such_teachers_it_starts_from_the_lowest_seed(toy, runs, tmp_path):
    later = train(toy, tmp_path / "later", TEACHER, seed=2)
    student = train(toy, tmp_path / "student", STUDENT, teachers=(later, runs[0]), init="teacher")
    assert read_facts(student)["init"]["sha256"] == content_digest(runs[0] / directory.MODEL)


def test_two_such_teachers_of_one_seed_are_refused(toy, runs, tmp_path):
    longer = dataclasses.replace(TEACHER, phases=(dataclasses.replace(TEACHER.phases[0], epochs=2),))
    twin = train(toy, tmp_path / "twin", longer, seed=1)
    with pytest.raises(UserError, match="Received: tiny-seed1, twin"):
        train(toy, tmp_path / "run", STUDENT, teachers=(twin, runs[0]), init="teacher")


def test_the_record_names_the_teacher_and_its_digest_as_the_start(runs):
    found = read_facts(runs[2])["init"]
    assert found["kind"] == "teacher" and found["file"].endswith(f"tiny-seed1/{directory.MODEL}")
    digests = {one["run"]: one["sha256"] for one in read_facts(runs[2])["teachers"]["runs"]}
    assert found["sha256"] == digests["tiny-seed1"]


def test_the_page_says_from_what_it_started(runs):
    assert "weights of one of its teachers, its convolutions reduced" in page.render(runs[2], read_record(runs[2]))


def test_the_student_starts_as_the_whole_network_reduced_over_its_training_images(toy, runs):
    wanted, student = builder("compact")(**STUDENT.model_args), saved.load(runs[2] / directory.MODEL)
    low_rank.fill(wanted, saved.load(runs[0] / directory.MODEL), divide(toy, "official").train.images)
    for name in ("stage1_1_conv", "stage2_pair1_2_conv", "stage2_pair1_2_mix"):
        np.testing.assert_allclose(student.get_layer(name).kernel, wanted.get_layer(name).kernel, atol=1e-5)


def test_what_it_has_learnt_from_is_its_teachers_rows_and_its_own(runs):
    history = training_history.history(read_facts(runs[2]))
    assert {(entry["split"], entry["seed"]) for entry in history} == {("official", 0), ("official", 1)}


def test_rows_that_select_and_that_its_start_was_trained_on_are_noted(toy, runs, tmp_path):
    """Carved from Training, selection rows differ between seeds."""
    carved = dataclasses.replace(TEACHER, data=Data(split="carved"))
    whole = train(toy, tmp_path / "whole", carved, seed=1)
    data = dataclasses.replace(STUDENT.data, split="carved", teachers=("tiny",))
    student = train(
        toy, tmp_path / "student", dataclasses.replace(STUDENT, data=data), teachers=(whole,), init="teacher"
    )
    first, second = (divide(toy, "carved", seed) for seed in (0, 1))
    seen = int(np.isin(first.select.rows, second.train.rows).sum())
    assert seen > 0
    assert read_facts(student)["init"]["note"] == f"trained on {seen:,} of the rows that select here"


@pytest.mark.parametrize("teachers", [(1,), ()])
def test_a_start_without_such_a_teacher_is_refused_before_any_is_asked(toy, runs, tmp_path, teachers):
    asked = {"init": "teacher", "teachers": tuple(runs[number] for number in teachers)}
    says = (
        "Expected one teacher of the lowest seed whose network is that of student without ranks, for --init teacher. "
        "Received: (other|none)"
    )
    with pytest.raises(UserError, match=says):
        train(toy, tmp_path / "run", STUDENT, **asked)
    assert not (tmp_path / "run").exists()


def test_a_network_without_ranks_cannot_start_so(toy, runs, tmp_path):
    recipe = dataclasses.replace(STUDENT, model_args={**STUDENT.model_args, "ranks": (0,)})
    with pytest.raises(
        UserError, match="Expected a recipe with convolutions of low rank for --init teacher. Received: s"
    ):
        train(toy, tmp_path / "run", recipe, teachers=runs[:2], init="teacher")
