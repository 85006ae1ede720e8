"""Planned batches to augmented pixels: the one place where augmentation meets tf.data."""

from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from fer_keras.augment.apply import Operands, Steps, augment_batch

_OPERANDS = Operands(
    matrices=tf.TensorSpec([None, 8], tf.float32),
    flip=tf.TensorSpec([None], tf.bool),
    brightness=tf.TensorSpec([None], tf.float32),
    contrast=tf.TensorSpec([None], tf.float32),
    boxes=tf.TensorSpec([None, 4], tf.int32),
)


def augmented_batches(
    images: np.ndarray,
    plans: Callable[[], Iterable[tuple[np.ndarray, Operands, tuple[np.ndarray, ...]]]],
    extras: tuple[tf.TensorSpec, ...],
    steps: Steps,
    num_parallel_calls: int = tf.data.AUTOTUNE,
) -> tf.data.Dataset:
    """Return a dataset of (images uint8 [B, H, W, C], positions int64 [B], *extras), one element for each plan.

    Args:
        images: uint8 [N, H, W, C], all of them.
        plans: called at the start of each pass; yields (positions int64 [B], operands, extra arrays) in order. This is
            the only Python in the loop, and it touches no pixel.
        extras: what the extra arrays are.
        steps: the operations to apply.
        num_parallel_calls: batches in the making at once; it changes the speed, never the result.
    """
    source = tf.constant(images)
    signature = (tf.TensorSpec([None], tf.int64), *_OPERANDS, *extras)

    def flat():
        for positions, operands, more in plans():
            yield (positions, *operands, *more)

    def with_pixels(positions, *values):
        operands, more = Operands(*values[: len(_OPERANDS)]), values[len(_OPERANDS) :]
        return (augment_batch(tf.gather(source, positions), operands, steps), positions, *more)

    planned = tf.data.Dataset.from_generator(flat, output_signature=signature)
    return planned.map(with_pixels, num_parallel_calls=num_parallel_calls, deterministic=True)


def unsharded(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Return the dataset with a fixed order and without automatic sharding: a batch is the global batch."""
    options = tf.data.Options()
    options.deterministic = True
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return dataset.with_options(options)
