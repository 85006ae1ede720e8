"""Apply drawn parameters to a batch: one resampling, then colour, then erasing, then back to uint8.

What a setting does not use is not computed: `Steps` says, when the graph is built, which operations it holds.
"""

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from fer_keras import runtime
from fer_keras.augment.colour import brighten, stretch_contrast
from fer_keras.augment.erasing import erase, erase_boxes
from fer_keras.augment.geometry import affine_matrices, mirror, resample, squares
from fer_keras.augment.sampling import Parameters, zoom_interval
from fer_keras.config.settings import Augment


@dataclasses.dataclass(frozen=True)
class Steps:
    """The operations that a batch needs: known before any number is drawn."""

    affine: bool
    mirror: bool
    brightness: bool
    contrast: bool
    erase: bool
    fill_mode: str
    cval: float
    erase_value: float


FLIP, BRIGHTNESS, CONTRAST, BOX, OPERANDS = 8, 9, 10, slice(11, 15), 15
"""Columns of the numbers that the operations take; the first eight are the affine map. One array travels faster than five."""

WHOLE_LOOPS = "--xla_disable_hlo_passes=cpu-parallel-task-assigner"
"""XLA's flag not to cut a loop among the threads of a CPU: cut in two, the resampling took twice the processor's time.

Several batches are in the making at once, so no core is idle for it. Nothing else here is compiled by XLA for a CPU, but
under JAX, which reads the flags for itself.
"""


def steps_of(augments: Iterable[Augment]) -> Steps:
    """Return the operations that some of `augments` use: the images of one batch may follow different settings.

    Raises ValueError when they disagree on fill_mode, cval or erase_value, which hold for the whole batch.
    """
    augments = tuple(augments)
    shared = {}
    for name in ("fill_mode", "cval", "erase_value"):
        values = {getattr(augment, name) for augment in augments}
        if len(values) != 1:
            raise ValueError(f"Expected one {name} in all settings of a batch. Received: {sorted(values)}")
        shared[name] = values.pop()
    affine = any(_moves(augment) for augment in augments)
    return Steps(
        affine=affine,
        mirror=not affine and any(augment.horizontal_flip for augment in augments),
        brightness=any(augment.brightness_range is not None for augment in augments),
        contrast=any(augment.contrast_range is not None for augment in augments),
        erase=any(augment.erase_probability > 0 for augment in augments),
        **shared,
    )


def operands(parameters: Parameters, height: int, width: int) -> np.ndarray:
    """Turn drawn parameters into what the operations take, for images of height x width pixels: float32 [B, OPERANDS]."""
    single = np.stack((parameters.flip, parameters.brightness, parameters.contrast), axis=1)
    parts = (affine_matrices(parameters, height, width), single, erase_boxes(parameters, height, width))
    return np.concatenate(parts, axis=1, dtype=np.float32, casting="same_kind")


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


def _moves(augment: Augment) -> bool:
    ranges = (augment.rotation_range, augment.shear_range, augment.width_shift_range, augment.height_shift_range)
    return any(ranges) or zoom_interval(augment.zoom_range) != (1.0, 1.0)
