import numpy as np
import pytest
import tensorflow as tf

from fer_keras.io.errors import UserError
from fer_keras.studies.gan import training
from fer_keras.studies.gan.training import Settings

TINY = Settings(batch_size=8, latent=4, width=2, learning_rate=0.05, average_decay=0.5)
REQUEST = {"class": "disgust", "seed": 3}


@pytest.fixture(autouse=True)
def eager():
    """Steps without a graph: tracing it would take most of the time here. One test traces."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (19, 48, 48, 1)).astype(np.uint8)


def train(faces, epochs, folder, request=REQUEST, tell=lambda *told: None):
    return training.train(faces, TINY, 3, epochs, request, folder, tell)


def test_a_plan_is_a_function_of_seed_and_epoch_and_visits_no_face_twice():
    batches = list(training.plan(19, 8, 4, seed=1, epoch=2))
    rows = np.concatenate([rows for rows, *_ in batches])
    assert len(rows) == len(set(rows.tolist())) == 16
    assert [part.shape for part in batches[0]] == [(8,), (8,), (8, 4), (3, 8, 6)]
    again = list(training.plan(19, 8, 4, seed=1, epoch=2))
    other = list(training.plan(19, 8, 4, seed=1, epoch=3))
    np.testing.assert_array_equal(batches[1][2], again[1][2])
    assert not np.array_equal(batches[1][2], other[1][2])


def test_a_stopped_training_goes_on_to_the_same_faces(faces, tmp_path):
    told = []
    straight, history, _ = train(faces, 2, tmp_path / "straight")
    train(faces, 1, tmp_path / "stopped")
    resumed, again, _ = train(faces, 2, tmp_path / "stopped", tell=lambda *line: told.append(line[:2]))
    assert told == [(2, 2)]
    assert [sorted(losses) for losses in history] == [["discriminator", "generator"]] * 2
    np.testing.assert_allclose([list(x.values()) for x in again], [list(x.values()) for x in history], atol=2e-4)
    one, other = straight.sample(5, seed=1).astype(int), resumed.sample(5, seed=1).astype(int)
    assert one.shape == (5, 48, 48, 1)
    assert np.abs(one - other).max() <= 1
    np.testing.assert_array_equal(straight.sample(2, seed=1), one[:2])
    assert not np.array_equal(one, straight.sample(5, seed=2))


def test_after_one_step_the_average_lies_between_start_and_generator(faces, tmp_path):
    adversaries, _, _ = train(faces[:8], 1, tmp_path)
    start = training.Adversaries(TINY, 3).generator
    for average, before, after in zip(
        adversaries.averaged.get_weights(), start.get_weights(), adversaries.generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(average, (before + after) / 2, atol=1e-6)
    assert not np.array_equal(start.get_weights()[0], adversaries.generator.get_weights()[0])


@pytest.mark.slow
def test_a_traced_step_is_the_eager_one(faces):
    eager, traced = training.Adversaries(TINY, 3), training.Adversaries(TINY, 3)
    first = eager.fit_epoch(faces[:8], 3, 0)
    tf.config.run_functions_eagerly(False)
    assert traced.fit_epoch(faces[:8], 3, 0) == pytest.approx(first, abs=2e-4)


def test_a_folder_of_another_training_is_refused(faces, tmp_path):
    train(faces, 1, tmp_path)
    for key in REQUEST:
        with pytest.raises(UserError, match=rf"another {key}.*--out"):
            train(faces, 2, tmp_path, request=REQUEST | {key: 9})


def test_a_damaged_checkpoint_is_named(faces, tmp_path):
    (tmp_path / "checkpoint.npz").write_bytes(b"PK no archive")
    with pytest.raises(UserError, match=r"checkpoint in .*checkpoint\.npz"):
        train(faces, 1, tmp_path)


def test_losses_that_are_no_numbers_end_it(faces, tmp_path, monkeypatch):
    lost = {"discriminator": float("nan"), "generator": 1.0}
    monkeypatch.setattr(training.Adversaries, "fit_epoch", lambda *given: lost)
    with pytest.raises(UserError, match="diverged in epoch 1"):
        train(faces, 1, tmp_path)
    assert not (tmp_path / "checkpoint.npz").exists()
