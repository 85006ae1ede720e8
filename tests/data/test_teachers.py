"""What teachers say of rows: softened, joined by row id, mixed into the targets, kept on disk."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.data import Data
from fer_keras.config.settings import Augment
from fer_keras.data import teachers
from fer_keras.data.pipeline import Treatment, targets_of, training_batches
from fer_keras.data.teachers import Told, joined, measured, softened
from fer_keras.io.errors import UserError

ASKED = {"teachers": ["ab", "cd"], "flip": False}


@pytest.fixture(scope="module")
def faces(toy):
    return toy.where("train")


def told(faces, number=2, seed=0):
    shares = np.random.default_rng(seed).dirichlet(np.ones(len(faces.class_names)), (number, len(faces)))
    return Told(faces.rows, shares.astype(np.float16))


def test_softening_is_the_softmax_of_the_logits_divided_by_the_temperature():
    logits = np.array([[2.0, -1.0, 0.5], [0.0, 0.0, 3.0]])
    softmax = lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)  # noqa: E731
    for temperature in (0.5, 1.0, 4.0):
        np.testing.assert_allclose(softened(softmax(logits), temperature), softmax(logits / temperature))
    assert softened([[0.0, 0.25, 0.75]], 2.0)[0].tolist() == pytest.approx([0, 1 / (1 + 3**0.5), 3**0.5 / (1 + 3**0.5)])


def test_the_mean_is_that_of_the_teachers_and_sums_to_one():
    one = Told(np.array([7]), np.array([[[0.5, 0.5]], [[1.0, 0.0]]], np.float16))
    assert one.mean.tolist() == [[0.75, 0.25]]


def test_rows_are_joined_by_their_ids_whatever_their_order(faces):
    turned = faces.take(np.arange(len(faces))[::-1])
    found = joined(turned, told(faces)).taught
    np.testing.assert_array_equal(found, told(faces).mean[::-1].astype(np.float32))
    with pytest.raises(ValueError, match="of every row. Received: none of 3"):
        joined(faces, told(faces.take(slice(3, None))))


def test_the_target_is_the_share_of_the_teachers_and_the_rest_as_before(faces):
    taught = joined(faces, told(faces))
    targets = targets_of(taught, Treatment(Augment(), teacher_share=0.25, teacher_temperature=2.0))
    expected = 0.75 * np.eye(7)[faces.labels] + 0.25 * softened(taught.taught, 2.0)
    np.testing.assert_allclose(targets, expected, atol=1e-6)
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)
    whole = targets_of(taught, Treatment(Augment(), teacher_share=1.0))
    np.testing.assert_allclose(whole, taught.taught, atol=1e-6)


def test_expected_labels_are_mixed_first(faces):
    votes = np.random.default_rng(1).multinomial(10, [0.1] * 10, len(faces)).astype(np.float32)
    taught = dataclasses.replace(joined(faces, told(faces)), votes=votes)
    before = targets_of(taught, Treatment(Augment(), expected_labels=0.5))
    both = targets_of(taught, Treatment(Augment(), expected_labels=0.5, teacher_share=0.5))
    np.testing.assert_allclose(both, 0.5 * before + 0.5 * taught.taught, atol=1e-6)


def test_targets_are_made_once_and_cannot_be_changed(faces):
    taught, treatment = joined(faces, told(faces)), Treatment(Augment(), teacher_share=0.5)
    targets = targets_of(taught, treatment)
    assert targets_of(taught, treatment) is targets
    assert not targets.flags.writeable


def test_every_copy_of_an_oversampled_row_has_the_target_of_its_row(faces):
    taught = joined(faces, told(faces))
    treatment = Treatment(Augment(), oversample={"disgust": 3}, teacher_share=0.5)
    place = {image.tobytes(): index for index, image in enumerate(faces.images)}
    targets = targets_of(taught, treatment)
    for images, batch, _ in training_batches(taught, treatment, batch_size=64, seed=0).as_numpy_iterator():
        rows = [place[image.tobytes()] for image in images]
        np.testing.assert_array_equal(batch, targets[rows])


def test_faces_that_no_teacher_was_asked_of(faces):
    with pytest.raises(ValueError, match="Expected faces with teachers' probabilities. Received: none in"):
        training_batches(faces, Treatment(Augment(), teacher_share=0.5), batch_size=8, seed=0)


def test_what_a_teacher_knows_is_its_accuracy_and_its_mean_entropy_in_nats():
    shares = np.array([[1.0, 0.0], [0.5, 0.5], [0.25, 0.75]])
    found = measured(np.array([0, 0, 0]), shares)
    entropy = (0 + np.log(2) - 0.25 * np.log(0.25) - 0.75 * np.log(0.75)) / 3
    assert found == {"rows": 3, "accuracy": round(2 / 3, 6), "entropy": round(entropy, 6)}


def test_the_file_gives_back_what_was_said(faces, tmp_path):
    path = tmp_path / "teachers.npz"
    teachers.save(path, {"train": told(faces)}, ASKED | {"minutes": 1.5})
    found, about = teachers.read(path, {"train": faces}, ASKED)
    np.testing.assert_array_equal(found["train"].probabilities, told(faces).probabilities)
    assert about["minutes"] == 1.5


@pytest.mark.parametrize(
    ("asked", "change", "says"),
    [
        ({"teachers": ["ab", "ef"]}, {}, "those of others"),
        ({"flip": True}, {}, "those of others"),
        ({}, {"number": 3}, "float16 \\(3, 240, 7\\) for train, not float16 \\(2, 240, 7\\)"),
    ],
)
def test_a_file_of_something_else_is_refused(faces, tmp_path, asked, change, says):
    path = tmp_path / "teachers.npz"
    teachers.save(path, {"train": told(faces, **change)}, ASKED)
    with pytest.raises(UserError, match=says):
        teachers.read(path, {"train": faces}, ASKED | asked)


def test_a_file_of_other_rows_or_none_is_refused(faces, toy, tmp_path):
    path = tmp_path / "teachers.npz"
    teachers.save(path, {"train": told(faces)}, ASKED)
    with pytest.raises(UserError, match="other rows for train"):
        teachers.read(path, {"train": faces.take(np.arange(len(faces))[::-1])}, ASKED)
    with pytest.raises(UserError, match="'select/rows'"):
        teachers.read(path, {"select": toy.where("public")}, ASKED)
    with pytest.raises(UserError, match="Expected teachers' probabilities in"):
        teachers.read(tmp_path / "none.npz", {"train": faces}, ASKED)


@pytest.mark.parametrize(
    "fields",
    [
        {"teachers": ("b", "a"), "teacher_share": 0.5},
        {"teachers": ("a",)},
        {"teacher_share": 0.5},
        {"teachers": ("a",), "teacher_share": 1.5},
        {"teachers": ("a",), "teacher_share": 0.5, "teacher_temperature": 0.0},
        {"teacher_temperature": 2.0},
        {"teacher_flip": True},
        {"teacher_view": "augmented"},
        {"teachers": ("a",), "teacher_share": 0.5, "teacher_view": "mirrored"},
        {"teachers": ("a",), "teacher_share": 0.5, "teacher_view": "augmented", "teacher_flip": True},
    ],
)
def test_teachers_that_are_no_recipes_are_refused(fields):
    with pytest.raises(ValueError, match="Expected "):
        Data(**fields)


def test_without_teachers_nothing_of_them_is_left():
    data = Data(expected_labels=0.5, teachers=("a",), teacher_share=0.5, teacher_temperature=2.0, teacher_flip=True)
    assert data.untaught() == Data(expected_labels=0.5)
