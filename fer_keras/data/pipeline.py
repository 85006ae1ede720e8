"""Faces to tf.data: what plan.py plans is gathered and augmented in TensorFlow, while the step before it runs."""

import numpy as np
import tensorflow as tf

from fer_keras.augment.operands import block_rows
from fer_keras.augment.stream import PARALLEL_CALLS, augmented_batches, delivered
from fer_keras.data.faces import Faces
from fer_keras.data.plan import (
    Treatment,
    blocks_of,
    expect_faces,
    expect_treatment,
    repetitions,
    rows_per_epoch,
    steps_of_treatment,
    steps_per_epoch,
    targets_of,
)


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
    expect_faces(faces)
    expect_treatment(faces, treatment)
    if batch_size % replicas or replicas % processes:
        raise ValueError(
            f"Expected a batch that {replicas} replicas in {processes} processes share evenly. Received: {batch_size} rows"
        )
    rows = rows_per_epoch(faces, treatment)
    total = steps_per_epoch(rows, batch_size)
    if not 0 <= first_step <= total:
        raise ValueError(f"Expected first_step in 0..{total}. Received: {first_step}")

    size = block_rows(batch_size)
    last = repetitions(rows, batch_size, replicas)

    def blocks():
        for epoch in range(first_epoch, first_epoch + epochs):
            first_row = first_step * batch_size if epoch == first_epoch else 0
            yield from blocks_of(faces, treatment, seed, epoch, first_row=first_row, rows=size)

    table = tf.constant(targets_of(faces, treatment))

    def complete(images, positions, extras):
        targets, weights, share = tf.gather(table, positions), extras[:, 0], extras[:, 1]
        if treatment.divide_by_sum:
            weights = weights / tf.reduce_mean(weights)
        batch = _mix(images, targets, weights, share) if treatment.mixup else (images, targets, weights)
        return batch if replicas == 1 else _part(batch, batch_size, last, process, processes)

    steps = steps_of_treatment(treatment)
    dataset = augmented_batches(
        faces.images, blocks, complete, steps, batch_size=batch_size, num_parallel_calls=num_parallel_calls
    )
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(epochs * total - first_step))
    return delivered(dataset)


def evaluation_batches(faces: Faces, *, batch_size: int, multiple: int = 1) -> tf.data.Dataset:
    """Return (images uint8 [B, H, W, C], one-hot float32 [B, K]) of all faces, in order; the last batch may be smaller.

    The last face is appended until the number of rows is a multiple of `multiple`, for devices that take equal shares.
    """
    expect_faces(faces)
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
