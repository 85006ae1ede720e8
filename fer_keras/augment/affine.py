"""Rotation, shift, shear, zoom and flip of each image as one affine map."""

import numpy as np

from fer_keras.augment.sampling import Parameters


def affine_matrices(
    parameters: Parameters, height: int, width: int, pivot: tuple[float, float] | None = None
) -> np.ndarray:
    """Return float32 [B, 8]: for each image the map from a pixel of the result to the place in the source it shows.

    A line (a0, a1, a2, b0, b1, b2, 0, 0) reads the pixel at column x, row y from column a0 x + a1 y + a2 and row
    b0 x + b1 y + b2: the form of tf.raw_ops.ImageProjectiveTransformV3. The order is ImageDataGenerator's: seen from the
    result, flip, then zoom, shear, shift and rotation about the middle, row (height - 1) / 2, column (width - 1) / 2.

    Keras 3's class turns about row (width - 1) / 2, column (height - 1) / 2, off the middle of an image that is not
    square, and `height_shift_range` moves its columns. On square images with equal shift ranges, which is all that the
    papers use, there is no difference. `pivot`, (row, column), takes another centre, to compare the two.
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


def _cos_sin(degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    radians = np.deg2rad(degrees)
    return np.cos(radians), np.sin(radians)
