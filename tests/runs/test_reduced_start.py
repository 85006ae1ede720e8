"""A run whose network starts from one of its teachers, its convolutions reduced to a low rank, and is taught on TensorFlow."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.recipe import Data, Phase
from fer_keras.config.settings import Optimizer
from fer_keras.data import training_history
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.report import page
from fer_keras.runs import directory
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
    whole = train(toy, folder / "tiny-seed0", TEACHER)
    other = train(toy, folder / "other", TINY)
    return whole, other, train(toy, folder / "student", STUDENT, teachers=(whole, other), init="teacher")


def test_the_record_names_the_teacher_and_its_digest_as_the_start(runs):
    found, model = read_facts(runs[2])["init"], runs[0] / directory.MODEL
    assert found["kind"] == "teacher" and found["file"].endswith(f"tiny-seed0/{directory.MODEL}")
    digests = {one["run"]: one["sha256"] for one in read_facts(runs[2])["teachers"]["runs"]}
    assert found["sha256"] == digests["tiny-seed0"]
    assert model.is_file()


def test_the_page_says_from_what_it_started(runs):
    assert "weights of one of its teachers, its convolutions reduced" in page.render(runs[2], read_record(runs[2]))


def test_the_student_has_the_layers_of_its_teacher_and_fewer_parameters(runs):
    whole, student = (saved.load(run / directory.MODEL) for run in (runs[0], runs[2]))
    np.testing.assert_allclose(
        student.get_layer("stage1_1_conv").kernel, whole.get_layer("stage1_1_conv").kernel, atol=1e-6
    )
    assert student.count_params() < whole.count_params()


def test_what_it_has_learnt_from_is_its_teachers_rows_and_its_own(runs):
    assert training_history.history(read_facts(runs[2])) == [{"split": "official", "seed": 0}]


@pytest.mark.parametrize("teachers", [(1,), ()])
def test_a_start_without_such_a_teacher_is_refused_before_any_is_asked(toy, runs, tmp_path, teachers):
    asked = {"init": "teacher", "teachers": tuple(runs[number] for number in teachers)}
    with pytest.raises(
        UserError, match="Expected one teacher with the whole convolutions of student for --init teacher"
    ):
        train(toy, tmp_path / "run", STUDENT, **asked)
    assert not (tmp_path / "run").exists()


def test_a_network_without_ranks_cannot_start_so(toy, runs, tmp_path):
    recipe = dataclasses.replace(STUDENT, model_args=TEACHER.model_args)
    with pytest.raises(UserError, match="Received: other, tiny-seed0"):
        train(toy, tmp_path / "run", recipe, teachers=runs[:2], init="teacher")
