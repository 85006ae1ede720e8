"""Planned rows to augmented batches: the one place where augmentation meets tf.data."""

import os
from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from fer_keras.augment.apply import augment_batch
from fer_keras.augment.operands import OPERANDS, Block, Steps

plain = tf.autograph.experimental.do_not_convert
"""No condition or loop here depends on a tensor; to rewrite the code all the same would only lengthen every start."""

PARALLEL_CALLS = min(16, os.cpu_count() or 1)
"""Batches in the making at once: more than there are cores would only take memory."""

AHEAD = 2
"""Batches that wait, finished, for the step."""


def augmented_batches(
    images: np.ndarray,
    blocks: Callable[[], Iterable[Block]],
    complete: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tuple],
    steps: Steps,
    *,
    batch_size: int,
    num_parallel_calls: int = PARALLEL_CALLS,
) -> tf.data.Dataset:
    """Return a dataset of batches in the order of the plan; the last batch of a block may be smaller.

    Args:
        images: uint8 [N, H, W, C], all of them; a memory map where they are larger than memory. No copy is made but of
            the blocks under way.
        blocks: called at the start of each pass; yields the plan. Python gathers a block's pixels and changes none.
        complete: given the augmented images [B, H, W, C], their positions [B] and extras [B, E], returns the element.
        steps: the operations to apply.
        num_parallel_calls: batches in the making at once; it changes the speed, never the result.
    """
    signature = (
        tf.TensorSpec([None, *images.shape[1:]], tf.uint8),
        tf.TensorSpec([None], tf.int64),
        tf.TensorSpec([None, OPERANDS], tf.float32),
        tf.TensorSpec([None, None], tf.float32),
    )

    def gathered():
        for positions, operands, extras in blocks():
            yield images[positions], positions, operands, extras

    @plain
    def batches(*block):
        return tf.data.Dataset.from_tensors(block).rebatch(batch_size)

    @plain
    def augmented(pixels, positions, operands, extras):
        return complete(augment_batch(pixels, operands, steps), positions, extras)

    planned = tf.data.Dataset.from_generator(gathered, output_signature=signature).flat_map(batches)
    return planned.map(augmented, num_parallel_calls=num_parallel_calls, deterministic=True)


def delivered(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Return the dataset with batches made ahead, in a fixed order, not sharded (a batch is the global batch), not tuned.

    An iterator with tf.data's autotuning ends only when its tuner does, and the tuner, which sleeps for up to a minute, may
    look for the end a moment too early: TensorFlow 2.21 wakes it (CancellationManager::StartCancelWithStatus) before it
    marks the end (is_cancelled_). An epoch then waits up to a minute for nothing. There is nothing here to tune.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.deterministic = True
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return dataset.prefetch(AHEAD).with_options(options)
