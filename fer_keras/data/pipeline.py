"""Faces to tf.data: the batches of an epoch are planned in NumPy, gathered and augmented in TensorFlow.

The plan (which rows, which parameters) is a function of (seed, epoch, row), so a run that stops at any step goes on
with the batch it would have had, and neither parallelism nor the number of devices changes a pixel.
"""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from fer_keras.augment.apply import operands, steps_of
from fer_keras.augment.keyed import derive, uniforms
from fer_keras.augment.sampling import COLUMNS, Parameters, choose, draw
from fer_keras.augment.stream import PARALLEL_CALLS, Block, augmented_batches, block_rows, delivered
from fer_keras.config.settings import Augment
from fer_keras.data.balance import epoch_order, repeats
from fer_keras.data.faces import Faces
from fer_keras.data.targets import label_distributions


@dataclasses.dataclass(frozen=True)
class Treatment:
    """What training does to its rows: the data part of a recipe.

    Attributes:
        augment: for every row; class_augment: {class: Augment} instead of it for the extra copies of these classes.
        oversample: {class: times} an epoch. class_weights: {class: weight} of the loss, 1 for a class not named.
        divide_by_sum: divide the weights by their mean over the batch, so that Keras's mean over rows is PyTorch's
            weighted mean.
        mixup: a of the Beta(a, a) that mixes each row with another of its batch; 0 mixes nothing.
        soft_labels: targets are FER+'s distribution of votes instead of the label.
        expected_labels: the share of `targets.expected_labels` in each target, 0 to 1.
        teacher_share, teacher_temperature: the share of the faces' `taught` in each target, softened (see `Data`).
    """

    augment: Augment
    class_augment: Mapping[str, Augment] = dataclasses.field(default_factory=dict)
    oversample: Mapping[str, int] = dataclasses.field(default_factory=dict)
    class_weights: Mapping[str, float] = dataclasses.field(default_factory=dict)
    divide_by_sum: bool = False
    mixup: float = 0.0
    soft_labels: bool = False
    expected_labels: float = 0.0
    teacher_share: float = 0.0
    teacher_temperature: float = 1.0


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Return the number of batches that hold `rows` rows (after oversampling); the last may be smaller."""
    return -(-rows // batch_size)


def rows_per_epoch(faces: Faces, treatment: Treatment) -> int:
    """Return how many rows an epoch visits, oversampled ones counted as often as they enter."""
    return int(repeats(faces.labels, faces.class_names, treatment.oversample).sum())


def repetitions(rows: int, batch_size: int, replicas: int) -> int:
    """Return how often the last batch of `rows` must stand in itself for the replicas to share it evenly; mostly 1.

    The mean loss of a batch that is repeated whole, its gradient and the statistics of batch normalisation are those of
    the batch, so the step stays that of the true batch. Leaving rows out, or filling up with some, would change it.
    """
    return replicas // math.gcd(rows % batch_size or batch_size, replicas)


def training_batches(
    faces: Faces,
    treatment: Treatment,
    *,
    batch_size: int,
    seed: int,
    first_epoch: int = 0,
    first_step: int = 0,
    epochs: int = 1,
    replicas: int = 1,
    process: int = 0,
    processes: int = 1,
    num_parallel_calls: int = PARALLEL_CALLS,
) -> tf.data.Dataset:
    """Return the batches of `epochs` epochs, from step `first_step` of `first_epoch` on.

    Each is (images uint8 [B, H, W, C], targets float32 [B, K], weights float32 [B]); targets are one-hot, or soft where
    the treatment softens or mixes them. The last batch of an epoch holds what is left; no batch spans two epochs.

    Which rows form a batch, and how each is changed, does not depend on what trains on it: `replicas` devices in
    `processes` processes, of which this is number `process`, only share it. Each process gets its part; a last batch
    that the devices cannot share evenly stands `repetitions` times in itself.

    Raises TypeError for anything but Faces, ValueError for a treatment that does not fit them, or a batch size that the
    replicas cannot share evenly.
    """
    _expect_faces(faces)
    _expect_treatment(faces, treatment)
    if batch_size % replicas or replicas % processes:
        raise ValueError(
            f"Expected a batch that {replicas} replicas in {processes} processes share evenly. Received: {batch_size} rows"
        )
    steps = steps_of((treatment.augment, *treatment.class_augment.values()))
    rows = rows_per_epoch(faces, treatment)
    total = steps_per_epoch(rows, batch_size)
    if not 0 <= first_step <= total:
        raise ValueError(f"Expected first_step in 0..{total}. Received: {first_step}")

    size = block_rows(batch_size)
    last = repetitions(rows, batch_size, replicas)

    def blocks():
        for epoch in range(first_epoch, first_epoch + epochs):
            positions, copies = epoch_order(faces.labels, faces.class_names, treatment.oversample, seed, epoch)
            for start in range(first_step * batch_size if epoch == first_epoch else 0, len(positions), size):
                rows = slice(start, start + size)
                yield _plan(faces, treatment, positions[rows], copies[rows], seed, epoch)

    table = tf.constant(targets_of(faces, treatment))

    def complete(images, positions, extras):
        targets, weights, share = tf.gather(table, positions), extras[:, 0], extras[:, 1]
        if treatment.divide_by_sum:
            weights = weights / tf.reduce_mean(weights)
        batch = _mix(images, targets, weights, share) if treatment.mixup else (images, targets, weights)
        return batch if replicas == 1 else _part(batch, batch_size, last, process, processes)

    dataset = augmented_batches(
        faces.images, blocks, complete, steps, batch_size=batch_size, num_parallel_calls=num_parallel_calls
    )
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(epochs * total - first_step))
    return delivered(dataset)


def targets_of(faces: Faces, treatment: Treatment) -> np.ndarray:
    """Return the target of every row, float32 [N, K], before mixup. Raises ValueError for faces that lack what it takes."""
    softened = (treatment.soft_labels, treatment.expected_labels)
    return label_distributions(faces, *softened, treatment.teacher_share, treatment.teacher_temperature)


def evaluation_batches(faces: Faces, *, batch_size: int, multiple: int = 1) -> tf.data.Dataset:
    """Return (images uint8 [B, H, W, C], one-hot float32 [B, K]) of all faces, in order; the last batch may be smaller.

    The last face is appended until the number of rows is a multiple of `multiple`, for devices that take equal shares.
    """
    _expect_faces(faces)
    targets = np.eye(len(faces.class_names), dtype=np.float32)[faces.labels]
    images, missing = faces.images, -len(faces) % multiple
    if missing:
        images, targets = (np.concatenate([part, np.repeat(part[-1:], missing, axis=0)]) for part in (images, targets))
    dataset = tf.data.Dataset.from_tensor_slices((images, targets)).batch(batch_size)
    return delivered(dataset)


def _part(batch, batch_size, last, process, processes):
    """Return this process's consecutive part of a batch, which is repeated `last` times first where it is not full."""
    rows = tf.shape(batch[0])[0]
    times = tf.where(rows == batch_size, 1, last)
    size = rows * times // processes
    repeated = (tf.tile(part, [times] + [1] * (part.shape.rank - 1)) for part in batch)
    return tuple(part[process * size : (process + 1) * size] for part in repeated)


def _plan(faces, treatment, positions, copies, seed, epoch) -> Block:
    """Plan these positions [M] and copies [M]; the extras are class weights and shares of mixup.

    Everything random is drawn here, row by row, so it does not matter how rows are cut into blocks and batches.
    """
    rows, (height, width) = faces.rows[positions], faces.images.shape[1:3]
    weights = _class_weights(faces, treatment)[faces.labels[positions]]
    share = np.ones(len(rows))
    if treatment.mixup:
        share = _beta(treatment.mixup, uniforms(derive(seed, "mixup"), epoch, rows, copies, 1)[:, 0])
    given = operands(_parameters(faces, treatment, positions, copies, seed, epoch), height, width)
    return positions, given, np.stack((weights, share), axis=1).astype(np.float32)


def _parameters(faces, treatment, positions, copies, seed, epoch) -> Parameters:
    u = uniforms(derive(seed, "augment"), epoch, faces.rows[positions], copies, len(COLUMNS))
    parameters = draw(treatment.augment, u)
    for name, augment in treatment.class_augment.items():
        extra = (copies > 0) & (faces.labels[positions] == faces.class_names.index(name))
        parameters = choose(extra, draw(augment, u), parameters)
    return parameters


def _class_weights(faces: Faces, treatment: Treatment) -> np.ndarray:
    return np.array([treatment.class_weights.get(name, 1.0) for name in faces.class_names])


def _mix(images, targets, weights, share):
    """Mix each row with the next of its batch (the order is a shuffle already): share [B] of itself, the rest of that.

    Targets and weights are such that weight times cross-entropy is the same mixture of the two rows' weighted losses.
    """
    mixed = _blend(tf.cast(images, tf.float32), share[:, None, None, None])
    summed = _blend(weights[:, None] * targets, share[:, None])
    mixed_weights = _blend(weights, share)
    return tf.cast(tf.round(mixed), tf.uint8), summed / mixed_weights[:, None], mixed_weights


def _blend(values: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    return share * values + (1.0 - share) * tf.roll(values, -1, axis=0)


def _beta(a: float, u: np.ndarray) -> np.ndarray:
    """Return Beta(a, a) values of the uniform numbers u, by the inverse of the distribution function."""
    from scipy.special import betaincinv

    return betaincinv(a, a, u)


def _expect_faces(faces: object) -> None:
    if not isinstance(faces, Faces):
        raise TypeError(f"Expected Faces. Received: {type(faces).__name__} {str(faces)[:60]}")


def _expect_treatment(faces: Faces, treatment: Treatment) -> None:
    for mapping in (treatment.class_augment, treatment.class_weights):
        unknown = set(mapping) - set(faces.class_names)
        if unknown:
            raise ValueError(f"Expected classes among {faces.class_names}. Received: {sorted(unknown)}")
    if any(weight <= 0 for weight in treatment.class_weights.values()):
        raise ValueError(f"Expected positive class weights. Received: {dict(treatment.class_weights)}")
