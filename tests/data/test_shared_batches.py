"""What several devices and processes get of each batch."""

import numpy as np
import pytest

from fer_keras.config.settings import Augment
from fer_keras.data.faces import Faces
from fer_keras.data.pipeline import Treatment, evaluation_batches, repetitions, training_batches

NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
TREATMENT = Treatment(
    Augment(horizontal_flip=True),
    class_weights={"disgust": 3.0},
    oversample={"disgust": 2},
    divide_by_sum=True,
    mixup=0.3,
)


@pytest.fixture(scope="module")
def faces():
    """17 faces, 2 of them disgust: 19 rows an epoch."""
    images = np.random.default_rng(0).integers(0, 256, (17, 6, 4, 1), dtype=np.uint8)
    return Faces(images, np.arange(17) % 7 + (np.arange(17) == 15), np.array(["train"] * 17), np.arange(17), NAMES)


def collect(faces, **shared):
    batches = training_batches(faces, TREATMENT, batch_size=8, seed=5, epochs=2, **shared)
    return [[part.numpy() for part in batch] for batch in batches]


@pytest.mark.parametrize(
    ("rows", "batch", "replicas", "times"),
    [(19, 8, 1, 1), (19, 8, 2, 2), (19, 8, 8, 8), (20, 8, 4, 1), (22, 8, 4, 2), (16, 8, 8, 1), (5, 8, 4, 4)],
)
def test_the_last_batch_stands_in_itself_as_often_as_an_even_share_needs(rows, batch, replicas, times):
    """19 rows in batches of 8 leave 3; 22 leave 6, of which 4 devices share 12 evenly; 16 leave a full batch."""
    assert repetitions(rows, batch, replicas) == times


def test_full_batches_do_not_depend_on_the_devices_and_the_last_is_repeated_whole(faces):
    alone = collect(faces)
    assert [len(images) for images, _, _ in alone] == [8, 8, len(alone[2][0])] * 2
    last = len(alone[2][0])
    times = repetitions(16 + last, 8, 4)
    for number, (one, shared) in enumerate(zip(alone, collect(faces, replicas=4), strict=True)):
        copies = times if number % 3 == 2 else 1
        for mine, theirs in zip(one, shared, strict=True):
            np.testing.assert_array_equal(np.concatenate([mine] * copies), theirs)


def test_the_parts_of_the_processes_make_the_batch(faces):
    whole = collect(faces, replicas=4)
    parts = [collect(faces, replicas=4, process=number, processes=2) for number in (0, 1)]
    for batch, one, other in zip(whole, *parts, strict=True):
        assert len(one[0]) == len(other[0])
        for wanted, first, second in zip(batch, one, other, strict=True):
            np.testing.assert_array_equal(np.concatenate([first, second]), wanted)


@pytest.mark.parametrize(("replicas", "processes"), [(3, 1), (4, 3)])
def test_shares_that_are_not_even_are_refused(faces, replicas, processes):
    with pytest.raises(ValueError, match=f"Expected a batch that {replicas} replicas in {processes} processes share"):
        training_batches(faces, TREATMENT, batch_size=8, seed=0, replicas=replicas, processes=processes)


def test_evaluation_is_filled_up_at_its_end_only(faces):
    batches = [images.numpy() for images, _ in evaluation_batches(faces, batch_size=8, multiple=4)]
    assert [len(images) for images in batches] == [8, 8, 4]
    images = np.concatenate(batches)
    np.testing.assert_array_equal(images[:17], faces.images)
    np.testing.assert_array_equal(images[17:], np.repeat(faces.images[-1:], 3, axis=0))
