"""What apply.py does to a batch in TensorFlow, in JAX: inside a compiled step, on the device that trains.

The numbers agree with TensorFlow's: the same float32 arithmetic in the same order, rounded to whole levels.
"""

import jax
import jax.numpy as jnp

from fer_keras.augment.operands import BOX, BRIGHTNESS, CONTRAST, FLIP, LUMA, ROUNDING, Steps


def augment_batch(images: jax.Array, given: jax.Array, steps: Steps) -> jax.Array:
    """Return the changed images, uint8 [B, H, W, C] like the given ones; `given` is float32 [B, OPERANDS].

    In order: geometry (one bilinear resampling), brightness, contrast, erasing. Rounded, clipped to 0..255.
    """
    pixels = images
    if steps.affine:
        pixels = _resampled(images, given, steps)
    elif steps.mirror:
        pixels = jnp.where((given[:, FLIP] > 0)[:, None, None, None], images[:, :, ::-1], images)
    if steps.brightness or steps.contrast:
        pixels = pixels.astype(jnp.float32)
    if steps.brightness:
        pixels = jnp.clip(pixels * given[:, BRIGHTNESS, None, None, None], 0.0, 255.0)
    if steps.contrast:
        pixels = _stretch_contrast(pixels, given[:, CONTRAST, None, None, None])
    rounded = pixels if pixels.dtype == jnp.uint8 else jnp.round(pixels).astype(jnp.uint8)
    return _erased(rounded, given[:, BOX].astype(jnp.int32), round(steps.erase_value)) if steps.erase else rounded


def _resampled(images, matrices, steps):
    """Return float32 [B, H, W, C], read from `images` through matrices [B, 6 or more]; see `geometry.resample`."""
    batch, height, width, _ = images.shape
    line = matrices[:, :6, None, None]
    column, row = jnp.arange(width, dtype=jnp.float32)[None, :], jnp.arange(height, dtype=jnp.float32)[:, None]
    x = line[:, 0] * column + line[:, 1] * row + line[:, 2]
    y = line[:, 3] * column + line[:, 4] * row + line[:, 5]
    (left, right_share), (top, lower_share) = _corner(x, width, steps.fill_mode), _corner(y, height, steps.fill_mode)
    image = jnp.arange(batch)[:, None, None]

    def pixels(down, along):
        return images[image, top + down, left + along].astype(jnp.float32)

    right_share, lower_share = right_share[..., None], lower_share[..., None]
    upper = pixels(0, 0) + (pixels(0, 1) - pixels(0, 0)) * right_share
    lower = pixels(1, 0) + (pixels(1, 1) - pixels(1, 0)) * right_share
    resampled = upper + (lower - upper) * lower_share
    if steps.fill_mode == "constant":
        inside = _within(x, width) & _within(y, height)
        resampled = jnp.where(inside[..., None], resampled, float(steps.cval))
    return resampled


def _within(place, size):
    return (place > -ROUNDING) & (place < size - 1 + ROUNDING)


def _corner(place, size, fill_mode):
    place = jnp.clip(_fold(place, size, fill_mode), 0.0, size - 1.0)
    before = jnp.clip(place.astype(jnp.int32), 0, size - 2)
    return before, place - before.astype(jnp.float32)


def _fold(place, size, fill_mode):
    if fill_mode == "reflect":
        turn = _modulo(place + 0.5, 2.0 * size)
        return jnp.minimum(turn, 2.0 * size - turn) - 0.5
    if fill_mode == "wrap":
        return jnp.where(_within(place, size), place, _modulo(place, size - 1.0))
    return place


def _modulo(place, period):
    return place - period * jnp.floor(place * (1.0 / period))


def _stretch_contrast(pixels, factors):
    """See `colour.stretch_contrast`."""
    grey = pixels if pixels.shape[-1] == 1 else jnp.tensordot(pixels, jnp.array(LUMA), 1)[..., None]
    total = jnp.round(grey).astype(jnp.int32).sum(axis=(1, 2, 3), keepdims=True)
    mean = total.astype(jnp.float32) / (grey.shape[1] * grey.shape[2])
    return jnp.clip(mean + (pixels - mean) * factors, 0.0, 255.0)


def _erased(images, boxes, value):
    rows, columns = jnp.arange(images.shape[1])[None, :], jnp.arange(images.shape[2])[None, :]
    in_rows = (rows >= boxes[:, 0:1]) & (rows < boxes[:, 1:2])
    in_columns = (columns >= boxes[:, 2:3]) & (columns < boxes[:, 3:4])
    inside = (in_rows[:, :, None] & in_columns[:, None, :])[..., None]
    return jnp.where(inside, jnp.uint8(value), images)
