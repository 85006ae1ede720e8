"""Rotation, shift, shear, zoom and flip as one affine map and one bilinear resampling of the whole batch."""

import numpy as np
import tensorflow as tf

from fer_keras.augment.sampling import Parameters

ROUNDING = 1e-3
"""Pixels by which a coordinate may miss the edge and count as on it: float32 errs by 1e-5 at 48 pixels, 1e-4 at 500."""


def affine_matrices(
    parameters: Parameters, height: int, width: int, pivot: tuple[float, float] | None = None
) -> np.ndarray:
    """Return float32 [B, 8]: for each image the map from a pixel of the result to the place in the source it shows.

    A line (a0, a1, a2, b0, b1, b2, 0, 0) reads the pixel at column x, row y from column a0 x + a1 y + a2 and row
    b0 x + b1 y + b2: the form of tf.raw_ops.ImageProjectiveTransformV3. The order is ImageDataGenerator's, in whose terms
    the map is flip, then zoom, shear, shift, rotation, about the centre of the pixel grid, ((height - 1) / 2, (width - 1) / 2).

    Keras's class takes the centre of a non-square image to be ((width - 1) / 2, (height - 1) / 2), a point off its middle,
    and shifts columns by `height_shift_range`; on square images with equal shift ranges, which is all that the papers use,
    there is no difference. `pivot`, (row, column), takes another centre, so that a test can hold one against the other.
    """
    row, column = pivot or ((height - 1) / 2, (width - 1) / 2)
    cos, sin = _cos_sin(parameters.rotation_deg)
    shear_cos, shear_sin = _cos_sin(parameters.shear_deg)
    zoom_x, zoom_y = parameters.zoom_columns, parameters.zoom_rows
    shift_x, shift_y = parameters.shift_columns_fraction * width, parameters.shift_rows_fraction * height

    a0, a1 = cos * zoom_x, -(cos * shear_sin + sin * shear_cos) * zoom_y
    b0, b1 = sin * zoom_x, (cos * shear_cos - sin * shear_sin) * zoom_y
    a2 = column + cos * shift_x - sin * shift_y - a0 * column - a1 * row
    b2 = row + sin * shift_x + cos * shift_y - b0 * column - b1 * row

    mirror = np.where(parameters.flip, -1.0, 1.0)
    from_x = np.where(parameters.flip, width - 1.0, 0.0)
    zero = np.zeros_like(a0)
    rows = (a0 * mirror, a1, a2 + a0 * from_x, b0 * mirror, b1, b2 + b0 * from_x, zero, zero)
    return np.stack(rows, axis=1).astype(np.float32)


def warp(images: tf.Tensor, matrices: tf.Tensor, fill_mode: str, cval: float) -> tf.Tensor:
    """Resample images [B, H, W, C] bilinearly through matrices [B, 8]; float32 of the same shape.

    What lies outside the source is, as in ImageDataGenerator (that is, in scipy.ndimage): `cval` for "constant", from half
    a pixel outside the outermost pixel's centre and without blending into it; the edge pixel for "nearest"; the image mirrored
    about its edge for "reflect"; the image repeated with period H - 1 and W - 1 for "wrap".

    These are plain operations, not ImageProjectiveTransformV3, because XLA compiles them into one loop, five times as fast.
    """
    height, width, channels = images.shape[1:]
    line = [matrices[:, k, None, None] for k in range(6)]
    column, row = tf.range(width, dtype=tf.float32)[None, None, :], tf.range(height, dtype=tf.float32)[None, :, None]
    x = line[0] * column + line[1] * row + line[2]
    y = line[3] * column + line[4] * row + line[5]
    inside = _within(x, width) & _within(y, height)
    x, y = _fold(x, width, fill_mode), _fold(y, height, fill_mode)

    left, top = (tf.clip_by_value(tf.cast(place, tf.int32), 0, size - 2) for place, size in ((x, width), (y, height)))
    right_share, lower_share = (
        (place - tf.cast(corner, tf.float32))[..., None] for place, corner in ((x, left), (y, top))
    )
    flat = tf.reshape(images, (-1, height * width, channels))

    def pixels(offset: int) -> tf.Tensor:
        return tf.cast(tf.gather(flat, top * width + left + offset, batch_dims=1), tf.float32)

    upper = pixels(0) + (pixels(1) - pixels(0)) * right_share
    lower = pixels(width) + (pixels(width + 1) - pixels(width)) * right_share
    resampled = upper + (lower - upper) * lower_share
    return tf.where(inside[..., None], resampled, float(cval)) if fill_mode == "constant" else resampled


def mirror(images: tf.Tensor, flip: tf.Tensor) -> tf.Tensor:
    """Swap left and right of those images [B, H, W, C] for which flip [B] is true."""
    return tf.where(flip[:, None, None, None], images[:, :, ::-1], images)


def _cos_sin(degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    radians = np.deg2rad(degrees)
    return np.cos(radians), np.sin(radians)


def _within(place: tf.Tensor, size: int) -> tf.Tensor:
    """Whether coordinates lie between the first and last pixel's centres, up to float32's rounding."""
    return (place > -ROUNDING) & (place < size - 1 + ROUNDING)


def _fold(place: tf.Tensor, size: int, fill_mode: str) -> tf.Tensor:
    """Bring coordinates to 0..size - 1, the way that fill_mode continues an image beyond its edge."""
    if fill_mode == "reflect":
        turn = tf.math.floormod(place + 0.5, 2.0 * size)
        place = tf.minimum(turn, 2.0 * size - turn) - 0.5
    elif fill_mode == "wrap":
        place = tf.where(_within(place, size), place, tf.math.floormod(place, size - 1.0))
    return tf.clip_by_value(place, 0.0, size - 1.0)
