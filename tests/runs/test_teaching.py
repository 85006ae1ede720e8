"""A run that learns from other runs: what it is told, what its record says, what is refused, resumed bit for bit."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from fer_keras.config.recipe import Data
from fer_keras.data import teachers
from fer_keras.data.splits import divide
from fer_keras.io import files, npz
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.report import page
from fer_keras.runs import directory, train_run
from fer_keras.runs.record import read_facts, read_record
from fer_keras.training.evaluation import predict
from tests.distilled import STUDENT, TAUGHT, TEACHER, interrupt, train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs(toy, tmp_path_factory):
    """Two teachers, which differ in their seed, and the student of both."""
    folder = tmp_path_factory.mktemp("runs")
    first, second = (train(toy, folder / f"tiny-seed{seed}", seed=seed) for seed in (0, 1))
    return first, second, train(toy, folder / "student", STUDENT, teachers=(first, second))


def weights(folder):
    return saved.load(folder / directory.MODEL).get_weights()


def told_of(run, teacher, part, faces):
    """What the student has kept of the teacher's answers, in the order of the faces."""
    arrays = npz.read_npz(run / directory.TEACHERS)
    names = [one["run"] for one in read_facts(run)["teachers"]["runs"]]
    assert arrays[f"{part}/rows"].tolist() == faces.rows.tolist()
    return arrays[f"{part}/probabilities"][names.index(teacher.name)]


def test_what_is_kept_is_what_each_teachers_model_says_in_float16(toy, runs):
    divided = divide(toy, "official")
    for part, faces in (("train", divided.train), ("select", divided.select)):
        for teacher in runs[:2]:
            said = predict(saved.load(teacher / directory.MODEL), faces)
            kept = told_of(runs[2], teacher, part, faces)
            assert kept.dtype == np.float16
            np.testing.assert_allclose(kept, said, rtol=2**-10, atol=1e-6)


def test_the_record_names_the_teachers_their_compute_and_what_they_know(toy, runs):
    record, divided = read_facts(runs[2]), divide(toy, "official")
    found = record["teachers"]
    assert found["sha256"] == train_run.manifest.content_digest(runs[2] / directory.TEACHERS)
    assert sorted(one["run"] for one in found["runs"]) == ["tiny-seed0", "tiny-seed1"]
    for one in found["runs"]:
        teacher = next(run for run in runs if run.name == one["run"])
        assert one["sha256"] == train_run.manifest.content_digest(teacher / directory.MODEL)
        assert one["minutes"] == read_facts(teacher)["minutes"]
        assert one["history"] == [{"split": "official", "seed": read_facts(teacher)["seed"]}]
        assert one["trained_on"] == len(divided.train)
        said = told_of(runs[2], teacher, "select", divided.select)
        assert one["select"] == teachers.measured(divided.select.labels, said)
    assert found["mean"]["train"]["rows"] == len(divided.train)


def test_the_deviations_name_another_number_of_teachers_and_nothing_else_of_them(runs):
    fields = {line["field"]: line for line in read_facts(runs[2])["deviations"]}
    assert [name for name in fields if "teacher" in name] == ["data.teachers"]
    assert (fields["data.teachers"]["published"], fields["data.teachers"]["run"]) == (["tiny"], ["tiny", "tiny"])


def test_the_page_shows_them(runs):
    text = page.render(runs[2], read_record(runs[2]))
    assert "## Teachers" in text
    assert "| time, teachers included |" in text
    assert "| tiny-seed0 | `" in text and "| mean of all |" in text
    words = " ".join(text.split())
    assert "softened by T = 2 (p^(1/T), normalised), makes up 0.5 of each target" in words
    assert "The teachers' answers were computed once, in float32" in words
    assert "## Teachers" not in page.render(runs[0], read_record(runs[0]))


def test_a_student_is_another_network_than_one_without_teachers(toy, runs, tmp_path):
    alone = dataclasses.replace(STUDENT, data=Data())
    ours, theirs = weights(train(toy, tmp_path / "alone", alone)), weights(runs[2])
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(ours, theirs, strict=True))


def test_the_demo_goes_without_teachers_and_says_so(toy, tmp_path):
    record = read_facts(train(toy, tmp_path / "demo", STUDENT))
    lines = {line["field"]: line["run"] for line in record["deviations"]}
    assert (lines["data.teachers"], lines["data.teacher_share"]) == ([], 0)
    assert "teachers" not in record


@pytest.mark.parametrize("stop_after", [2, 7])
def test_stopped_and_resumed_it_ends_in_the_same_bits_and_asks_its_teachers_once(
    toy, runs, tmp_path, monkeypatch, capsys, stop_after
):
    interrupt(monkeypatch, stop_after)
    with pytest.raises(KeyboardInterrupt):
        train(toy, tmp_path, STUDENT, teachers=runs[:2])
    assert capsys.readouterr().out.count("Asking the teacher") == 2
    train(toy, tmp_path, STUDENT, teachers=runs[1::-1])
    assert "Asking" not in capsys.readouterr().out
    for ours, theirs in zip(weights(tmp_path), weights(runs[2]), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.fixture
def begun(runs, tmp_path):
    """The student without its record: a run with a checkpoint, which is to be resumed."""
    folder = tmp_path / "begun"
    shutil.copytree(runs[2], folder)
    (folder / directory.RECORD).unlink()
    return folder


def test_a_resumed_run_refuses_other_teachers(toy, runs, begun):
    with pytest.raises(UserError, match="was begun with. Received: another: other teachers, data.teachers"):
        train(toy, begun, STUDENT, teachers=runs[:1])


@pytest.mark.parametrize("damage", ["lost", "cut"])
def test_a_resumed_run_refuses_to_ask_again(toy, runs, begun, damage):
    kept = begun / directory.TEACHERS
    content = kept.read_bytes()
    kept.unlink()
    if damage == "cut":
        kept.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match=f"Expected teachers' probabilities in {kept}"):
        train(toy, begun, STUDENT, teachers=runs[:2])


def test_a_file_that_an_earlier_request_left_is_made_anew(toy, runs, tmp_path):
    (tmp_path / directory.TEACHERS).write_bytes((runs[2] / directory.TEACHERS).read_bytes())
    train(toy, tmp_path, STUDENT, teachers=runs[:1])
    assert [one["run"] for one in read_facts(tmp_path)["teachers"]["runs"]] == ["tiny-seed0"]


def changed(run, folder, **changes):
    """A copy of the run whose record has other entries, {"a.b": value}."""
    folder.mkdir()
    record = json.loads((run / directory.RECORD).read_text())
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = record
        for parent in parents:
            place = place[parent]
        place[last] = value
    files.write_json(folder / directory.RECORD, record)
    (folder / directory.MODEL).write_bytes((run / directory.MODEL).read_bytes())
    return folder


BACKWARDS = ["neutral", "surprise", "sad", "happy", "fear", "disgust", "angry"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"as_run__data__split": "pooled"},
            "that has not seen this run's test rows, tiny-seed0. Received: one that saw",
        ),
        ({"data__fingerprint": "ab" * 32}, "the teacher tiny-seed0 to be trained on"),
        ({"data__class_names": BACKWARDS}, "the teacher tiny-seed0 with the classes angry, disgust"),
        ({"as_run__data__split": "mine"}, "a teacher whose training rows are known"),
        (
            {"init": {"kind": "checkpoint", "file": "gone.keras"}},
            "one that started from gone.keras, which does not tell",
        ),
    ],
)
def test_a_teacher_that_may_not_teach_is_refused_in_one_line(toy, runs, tmp_path, changes, says):
    with pytest.raises(UserError) as refused:
        train(toy, tmp_path / "run", STUDENT, teachers=(changed(runs[0], tmp_path / "teacher", **changes),))
    assert says in str(refused.value) and "\n" not in str(refused.value)
    assert not directory.is_begun(tmp_path / "run")


def test_what_a_teachers_teacher_has_seen_counts(toy, runs, tmp_path):
    spoilt = changed(runs[2], tmp_path / "teacher")
    record = json.loads((spoilt / directory.RECORD).read_text())
    record["teachers"]["runs"][0]["history"] = [{"split": "pooled", "seed": 0}]
    files.write_json(spoilt / directory.RECORD, record)
    with pytest.raises(UserError, match="not seen this run's test rows, student"):
        train(toy, tmp_path / "run", STUDENT, teachers=(spoilt,))


def test_folders_that_are_no_finished_runs_with_a_model(toy, runs, tmp_path):
    without = changed(runs[0], tmp_path / "without")
    (without / directory.MODEL).unlink()
    (tmp_path / "empty").mkdir()
    for folder, says in (
        (without, "model.keras of the teacher"),
        (tmp_path / "empty", "a run directory with a readable record.json"),
        (tmp_path / "none", "a finished run at"),
    ):
        with pytest.raises(UserError, match=says):
            train(toy, tmp_path / "run", STUDENT, teachers=(folder,))
    with pytest.raises(UserError, match="Expected different teachers. Received: one model twice"):
        train(toy, tmp_path / "run", STUDENT, teachers=(runs[0], runs[0]))
    with pytest.raises(UserError, match="Expected a recipe with teachers for --teachers. Received: tiny"):
        train(toy, tmp_path / "run", TEACHER, teachers=(runs[0],))


def test_photographs_need_the_teachers_that_the_recipe_names(toy):
    from fer_keras.config.options import Options
    from fer_keras.runs.source import Source

    photographs = dataclasses.replace(toy, synthetic=False)
    with pytest.raises(
        UserError, match="Expected --teachers RUN..., finished runs of tiny, for student. Received: none"
    ):
        train_run.plan(STUDENT, Options(profile="paper"), Source(photographs, False, ()))


def test_the_mirror_image_is_asked_too_where_the_recipe_says_so(toy, runs, tmp_path):
    recipe = dataclasses.replace(STUDENT, data=dataclasses.replace(TAUGHT, teacher_flip=True))
    run = train(toy, tmp_path, recipe, teachers=runs[:1])
    faces, model = divide(toy, "official").train, saved.load(runs[0] / directory.MODEL)
    mirrored = dataclasses.replace(faces, images=np.ascontiguousarray(faces.images[:, :, ::-1]))
    both = np.mean([predict(model, faces), predict(model, mirrored)], axis=0)
    np.testing.assert_allclose(told_of(run, runs[0], "train", faces), both, rtol=2**-10, atol=1e-6)
