"""Apply drawn parameters to a batch: one resampling, then colour, then erasing, then back to uint8.

What a setting does not use is not computed: `Steps` says, when the graph is built, which operations it holds.
"""

import functools

import numpy as np
import tensorflow as tf

from fer_keras import runtime
from fer_keras.augment.colour import brighten, stretch_contrast
from fer_keras.augment.erasing import erase
from fer_keras.augment.geometry import mirror, resample, squares
from fer_keras.augment.operands import BOX, BRIGHTNESS, CONTRAST, FLIP, Steps

WHOLE_LOOPS = "--xla_disable_hlo_passes=cpu-parallel-task-assigner"
"""XLA's flag not to cut a loop among the threads of a CPU: cut in two, the resampling took twice the processor's time.

Several batches are in the making at once, so no core is idle for it. Nothing else here is compiled by XLA for a CPU, but
under JAX, which reads the flags for itself.
"""


def augment_batch(images: tf.Tensor, given: np.ndarray | tf.Tensor, steps: Steps) -> tf.Tensor:
    """Return the changed images, uint8 [B, H, W, C] like the given ones: rounded, clipped to 0..255.

    In order: geometry (one bilinear resampling), brightness, contrast, erasing.

    Args:
        images: uint8; H and W are at least 2 and known when the graph is built.
        given: float32 [B, OPERANDS], see `operands`.
        steps: the operations to apply.

    Raises TypeError unless images are uint8.
    """
    if images.dtype != tf.uint8:
        raise TypeError(f"Expected uint8 images 0..255. Received: {tf.as_dtype(images.dtype).name}")
    if not any((steps.affine, steps.mirror, *_colours(steps), steps.erase)):
        return images
    look_up, resampled, finish = _functions(steps, tuple(images.shape[1:]), compiles())
    return finish(resampled(look_up(images), given) if steps.affine else images, given)


@functools.cache
def compiles() -> bool:
    """Return whether this build of TensorFlow has XLA for the CPU; without it the same operations run one by one.

    TensorFlow's XLA reads XLA_FLAGS once, when it first compiles, which is here unless the program has compiled before:
    for this moment they hold `WHOLE_LOOPS`.
    """
    try:
        with runtime.xla_flags_before(WHOLE_LOOPS), tf.init_scope():
            tf.function(tf.abs, jit_compile=True)(tf.constant(0.0))
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError, tf.errors.NotFoundError):
        return False
    return True


def _finish(images: tf.Tensor, given: tf.Tensor, steps: Steps) -> tf.Tensor:
    """Everything after the resampling: images are uint8 [B, H, W, C] or, resampled, float32 [B, C, H, W]."""
    if steps.affine:
        images = tf.transpose(images, (0, 2, 3, 1))
    if steps.mirror:
        images = mirror(images, given[:, FLIP] > 0)
    pixels = tf.cast(images, tf.float32) if any(_colours(steps)) else images
    if steps.brightness:
        pixels = brighten(pixels, given[:, BRIGHTNESS])
    if steps.contrast:
        pixels = stretch_contrast(pixels, given[:, CONTRAST])
    rounded = pixels if pixels.dtype == tf.uint8 else tf.cast(tf.round(pixels), tf.uint8)
    return erase(rounded, tf.cast(given[:, BOX], tf.int32), round(steps.erase_value)) if steps.erase else rounded


@functools.cache
def _functions(steps: Steps, shape: tuple[int, int, int], compiled: bool):
    """Return, for images of `shape` (H, W, C), the resampling in two functions and what follows it as a third.

    Three, because XLA would otherwise compute what one hands to the next again for each use of a pixel: the squares of
    pixels for each look-up, the resampled pixel for its share in the mean that contrast needs.
    """
    resampled = functools.partial(resample, shape=shape, fill_mode=steps.fill_mode, cval=steps.cval)
    parts = (squares, resampled, functools.partial(_finish, steps=steps))
    return tuple(tf.function(part, jit_compile=True) for part in parts) if compiled else parts


def _colours(steps: Steps) -> tuple[bool, bool]:
    return steps.brightness, steps.contrast
