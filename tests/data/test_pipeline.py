import numpy as np
import pytest
import tensorflow as tf
from scipy.special import betaincinv

from fer_keras.augment.keyed import derive, uniforms
from fer_keras.augment.operands import block_rows
from fer_keras.config.settings import Augment
from fer_keras.data.faces import Faces
from fer_keras.data.pipeline import (
    Treatment,
    evaluation_batches,
    rows_per_epoch,
    steps_per_epoch,
    training_batches,
)

NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
MOVING = Augment(rotation_range=30, zoom_range=0.2, brightness_range=(0.7, 1.3), horizontal_flip=True)


@pytest.fixture(scope="module")
def faces():
    """53 faces of noise, 9 of them disgust, whose row numbers are not their positions; votes go to the label."""
    rng = np.random.default_rng(4)
    labels = np.array([1] * 9 + [0, 2, 3, 4, 5, 6] * 7 + [3, 3])
    return Faces(
        images=rng.integers(0, 256, (53, 10, 12, 1), dtype=np.uint8),
        labels=labels,
        split=np.array(["train"] * 53),
        rows=np.arange(53) * 7 + 1000,
        class_names=NAMES,
        votes=np.full((53, 10), 1, np.float32),
    )


def collect(dataset):
    return [tuple(part.numpy() for part in batch) for batch in dataset]


def same(one, other):
    return len(one) == len(other) and all(
        np.array_equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)
    )


def stream(faces, treatment=None, **changes):
    arguments = {"batch_size": 8, "seed": 5} | changes
    return collect(training_batches(faces, treatment or Treatment(MOVING), **arguments))


def test_shapes_types_and_the_last_partial_batch(faces):
    dataset = training_batches(faces, Treatment(MOVING), batch_size=8, seed=0)
    batches = collect(dataset)

    assert steps_per_epoch(53, 8) == 7
    assert int(dataset.cardinality()) == 7
    assert [len(images) for images, _, _ in batches] == [8] * 6 + [5]
    assert [(part.dtype, part.shape[1:]) for part in batches[0]] == [
        (np.uint8, (10, 12, 1)),
        (np.float32, (7,)),
        (np.float32, ()),
    ]


def test_without_treatment_every_face_comes_once_unchanged_with_its_label(faces):
    batches = stream(faces, Treatment(Augment()))
    images, targets, weights = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    place = {image.tobytes(): k for k, image in enumerate(faces.images)}
    positions = [place[image.tobytes()] for image in images]

    assert sorted(positions) == list(range(53))
    assert positions != list(range(53))
    assert np.array_equal(targets, np.eye(7)[faces.labels[positions]])
    assert (weights == 1).all()


def test_the_same_seed_gives_the_same_batches_whatever_the_parallelism(faces):
    treatment = Treatment(MOVING, oversample={"disgust": 3}, mixup=0.3)
    one = stream(faces, treatment, num_parallel_calls=1, epochs=2)

    assert same(one, stream(faces, treatment, num_parallel_calls=4, epochs=2))
    assert same(one, stream(faces, treatment, epochs=2))
    assert not same(one, stream(faces, treatment, seed=6, epochs=2))


def test_a_stream_taken_up_at_any_step_goes_on_identically(faces):
    treatment = Treatment(MOVING, oversample={"disgust": 3}, class_weights={"disgust": 2.0}, divide_by_sum=True)
    total = steps_per_epoch(rows_per_epoch(faces, treatment), 8)
    whole = stream(faces, treatment, epochs=3)

    assert total == 9
    assert len(whole) == 27
    for epoch, step in ((0, 4), (1, 0), (1, 8), (2, 3), (1, 9)):
        rest = stream(faces, treatment, first_epoch=epoch, first_step=step, epochs=3 - epoch)
        assert same(rest, whole[epoch * 9 + step :])


def test_an_epoch_of_several_planning_blocks_is_cut_into_the_same_batches():
    """Rows are planned some 2,000 at a time: 3,000 rows in batches of 700 take blocks of 1,400, 1,400 and 200."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (3000, 4, 6, 1), dtype=np.uint8)
    many = Faces(images, rng.integers(0, 7, 3000), np.array(["train"] * 3000), np.arange(3000), NAMES)
    whole = stream(many, batch_size=700, epochs=2)

    assert block_rows(700) == 1400
    assert block_rows(5000) == 5000
    assert [len(images) for images, _, _ in whole] == [700, 700, 700, 700, 200] * 2
    assert same(stream(many, batch_size=700, first_step=1, epochs=2), whole[1:])
    assert same(stream(many, batch_size=700, first_epoch=1, first_step=3), whole[8:])


def test_augmentation_is_keyed_on_the_row_and_not_on_its_place(faces):
    """The same face, met in another batch size and among fewer faces, is changed in the same way."""
    some = faces.take(np.arange(0, 53, 2))
    changed = {tuple(image.ravel()) for images, _, _ in stream(faces, batch_size=16) for image in images}
    fewer = [tuple(image.ravel()) for images, _, _ in stream(some, batch_size=5) for image in images]

    assert len(fewer) == 27
    assert set(fewer) <= changed


def test_oversampled_copies_are_changed_differently_and_by_the_settings_of_their_class(faces):
    """Only copies 1 and 2 of disgust have a setting that turns them black; nothing else is touched."""
    black = Augment(brightness_range=(0.0, 0.0))
    treatment = Treatment(Augment(), oversample={"disgust": 3}, class_augment={"disgust": black, "happy": black})
    batches = stream(faces, treatment)
    images, targets = (np.concatenate(parts) for parts in list(zip(*batches, strict=True))[:2])
    dark = images.max(axis=(1, 2, 3)) == 0

    assert rows_per_epoch(faces, treatment) == len(images) == 53 + 18
    assert dark.sum() == 18
    assert (targets[dark].argmax(axis=1) == 1).all()

    turned = stream(faces, Treatment(MOVING, oversample={"disgust": 3}))
    distinct = {image.tobytes() for images, _, _ in turned for image in images}
    assert len(distinct) == 71


def test_weights_are_those_of_the_label_and_may_be_divided_by_their_mean(faces):
    weights = {"disgust": 9.4, "happy": 0.5}
    by_label = np.array([1, 9.4, 1, 0.5, 1, 1, 1], np.float32)
    for (_, targets, plain), (_, _, divided) in zip(
        stream(faces, Treatment(Augment(), class_weights=weights)),
        stream(faces, Treatment(Augment(), class_weights=weights, divide_by_sum=True)),
        strict=True,
    ):
        assert np.array_equal(plain, by_label[targets.argmax(axis=1)])
        np.testing.assert_allclose(divided, plain / plain.mean(), rtol=1e-6)


def test_soft_labels_are_the_votes_shares(faces):
    """One vote for each of FER+'s ten columns: seven of them count, a seventh each."""
    for _, targets, _ in stream(faces, Treatment(Augment(), soft_labels=True)):
        np.testing.assert_allclose(targets, np.full_like(targets, 1 / 7), rtol=1e-6)


def test_targets_that_are_expected_in_part_are_as_near_to_the_label_as_the_share_says(faces):
    (_, targets, _), *_ = stream(faces, Treatment(Augment(), expected_labels=0.25))
    frequencies = np.bincount(faces.labels, minlength=7) / len(faces)
    labels = targets.argmax(axis=1)
    np.testing.assert_allclose(targets, 0.75 * np.eye(7)[labels] + 0.25 * frequencies, atol=1e-3)


def test_mixup_blends_each_row_with_the_next_of_its_batch(faces):
    a = 0.4
    for (images, targets, weights), (mixed, mixed_targets, mixed_weights) in zip(
        stream(faces, Treatment(Augment(), class_weights={"disgust": 3.0})),
        stream(faces, Treatment(Augment(), class_weights={"disgust": 3.0}, mixup=a)),
        strict=True,
    ):
        place = {image.tobytes(): k for k, image in enumerate(faces.images)}
        rows = faces.rows[[place[image.tobytes()] for image in images]]
        copies = np.zeros(len(rows), int)
        u = uniforms(derive(5, "mixup"), 0, rows, copies, 1)[:, 0]
        share = betaincinv(a, a, u)
        other = np.roll(np.arange(len(rows)), -1)
        wanted = share[:, None, None, None] * images + (1 - share)[:, None, None, None] * images[other]
        log_probabilities = np.log(np.arange(1, 8) / 28)
        losses = -(targets @ log_probabilities)

        assert np.abs(mixed - wanted).max() <= 0.51
        np.testing.assert_allclose(mixed_targets.sum(axis=1), 1, rtol=1e-5)
        np.testing.assert_allclose(
            mixed_weights * -(mixed_targets @ log_probabilities),
            share * weights * losses + (1 - share) * (weights * losses)[other],
            rtol=1e-5,
        )


def test_mixup_of_a_lone_row_leaves_it_alone(faces):
    one = faces.take(np.array([3]))
    ((images, targets, weights),) = stream(one, Treatment(Augment(), mixup=0.4))

    assert np.array_equal(images, one.images)
    np.testing.assert_allclose(targets, np.eye(7)[one.labels], rtol=1e-6)
    np.testing.assert_allclose(weights, [1], rtol=1e-6)


def test_evaluation_takes_all_rows_in_order_and_drops_no_remainder(faces):
    dataset = evaluation_batches(faces, batch_size=16)
    batches = collect(dataset)
    images, targets = (np.concatenate(parts) for parts in zip(*batches, strict=True))

    assert [len(batch) for batch, _ in batches] == [16, 16, 16, 5]
    assert np.array_equal(images, faces.images)
    assert np.array_equal(targets, np.eye(7)[faces.labels])
    assert targets.dtype == np.float32


def test_batches_are_never_sharded_nor_tuned(faces):
    off = tf.data.experimental.AutoShardPolicy.OFF
    for dataset in (
        training_batches(faces, Treatment(MOVING), batch_size=8, seed=0),
        evaluation_batches(faces, batch_size=8),
    ):
        assert dataset.options().experimental_distribute.auto_shard_policy == off
        assert dataset.options().deterministic
        assert dataset.options().autotune.enabled is False, "its end would wait for the tuner's, up to a minute"


@pytest.mark.parametrize("other", [np.zeros((3, 4, 4, 1), np.uint8), "fer2013.csv", None])
def test_anything_but_faces_is_refused_by_its_name(other):
    with pytest.raises(TypeError, match=f"Expected Faces. Received: {type(other).__name__}"):
        training_batches(other, Treatment(MOVING), batch_size=8, seed=0)
    with pytest.raises(TypeError, match=f"Expected Faces. Received: {type(other).__name__}"):
        evaluation_batches(other, batch_size=8)


@pytest.mark.parametrize(
    ("treatment", "message"),
    [
        ({"class_weights": {"bored": 1.0}}, r"classes among .* Received: \['bored'\]"),
        ({"class_weights": {"happy": 0.0}}, "positive class weights. Received: {'happy': 0.0}"),
        ({"class_augment": {"bored": MOVING}}, r"classes among .* Received: \['bored'\]"),
        ({"class_augment": {"disgust": Augment(fill_mode="wrap")}}, "one fill_mode in all settings"),
        ({"oversample": {"bored": 2}}, r"classes among .* Received: \['bored'\]"),
    ],
)
def test_a_treatment_that_does_not_fit_is_refused_at_once(faces, treatment, message):
    with pytest.raises(ValueError, match=message):
        training_batches(faces, Treatment(MOVING, **treatment), batch_size=8, seed=0)


def test_a_step_beyond_the_epoch_is_refused(faces):
    with pytest.raises(ValueError, match=r"first_step in 0\.\.7. Received: 8"):
        training_batches(faces, Treatment(MOVING), batch_size=8, seed=0, first_step=8)
