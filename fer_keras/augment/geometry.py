"""One bilinear resampling of the whole batch, in TensorFlow; jax_operations.py has the same for JAX."""

import tensorflow as tf

from fer_keras.augment.operands import ROUNDING


def squares(images: tf.Tensor) -> tf.Tensor:
    """Return int32 [B * C, H * W - W - 1]: each pixel of images, uint8 [B, H, W, C], and its three later neighbours.

    From the lowest byte: the pixel, the one to its right, the one below it, the one below to the right. At the end of a
    line the neighbour to the right is the next line's first, which nobody reads. So one look-up brings what a bilinear
    pixel needs, where four would take most of the time.
    """
    _, height, width, _ = images.shape
    planes = tf.reshape(tf.transpose(images, (0, 3, 1, 2)), (-1, height * width))
    pixels = tf.cast(planes, tf.int32)
    pairs = tf.bitwise.bitwise_or(pixels[:, :-1], tf.bitwise.left_shift(pixels[:, 1:], 8))
    return tf.bitwise.bitwise_or(pairs[:, :-width], tf.bitwise.left_shift(pairs[:, width:], 16))


def resample(
    squares: tf.Tensor, matrices: tf.Tensor, shape: tuple[int, int, int], fill_mode: str, cval: float
) -> tf.Tensor:
    """Resample bilinearly, through matrices [B, 8 or more], the images [B, H, W, C] of which `squares` are given.

    Returns float32 [B, C, H, W]; `shape` is (H, W, C). What lies outside the source is, as in ImageDataGenerator (that
    is, in scipy.ndimage): for "constant" `cval`, from the outermost pixels' centres on and without blending into them;
    for "nearest" the edge pixel; for "reflect" the image mirrored about its edge; for "wrap" the image repeated with
    period H - 1 and W - 1.

    Plain operations, not ImageProjectiveTransformV3: XLA makes one vector loop of them, several times as fast. Hence
    the channels first: a last axis of length 1 or 3 would be the innermost loop.
    """
    height, width, channels = shape
    line = [tf.repeat(matrices[:, k], channels)[:, None, None] for k in range(6)]
    column, row = tf.range(width, dtype=tf.float32)[None, None, :], tf.range(height, dtype=tf.float32)[None, :, None]
    x = line[0] * column + line[1] * row + line[2]
    y = line[3] * column + line[4] * row + line[5]
    inside = _within(x, width) & _within(y, height)

    (left, right_share), (top, lower_share) = _corner(x, width, fill_mode), _corner(y, height, fill_mode)
    found = tf.gather(squares, top * width + left, batch_dims=1)

    def pixels(number: int) -> tf.Tensor:
        return tf.cast(tf.bitwise.bitwise_and(tf.bitwise.right_shift(found, 8 * number), 255), tf.float32)

    upper = pixels(0) + (pixels(1) - pixels(0)) * right_share
    lower = pixels(2) + (pixels(3) - pixels(2)) * right_share
    resampled = upper + (lower - upper) * lower_share
    if fill_mode == "constant":
        resampled = tf.where(inside, resampled, float(cval))
    return tf.reshape(resampled, (-1, channels, height, width))


def mirror(images: tf.Tensor, flip: tf.Tensor) -> tf.Tensor:
    """Swap left and right of those images [B, H, W, C] for which flip [B] is true."""
    return tf.where(flip[:, None, None, None], images[:, :, ::-1], images)


def _within(place: tf.Tensor, size: int) -> tf.Tensor:
    """Whether coordinates lie between the first and last pixel's centres, up to float32's rounding."""
    return (place > -ROUNDING) & (place < size - 1 + ROUNDING)


def _corner(place: tf.Tensor, size: int, fill_mode: str) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the pixel before each coordinate (int32, 0..size - 2) and how far towards the next one it lies (0..1)."""
    place = tf.clip_by_value(_fold(place, size, fill_mode), 0.0, size - 1.0)
    before = tf.clip_by_value(tf.cast(place, tf.int32), 0, size - 2)
    return before, place - tf.cast(before, tf.float32)


def _fold(place: tf.Tensor, size: int, fill_mode: str) -> tf.Tensor:
    """Bring coordinates near 0..size - 1, the way that fill_mode continues an image beyond its edge."""
    if fill_mode == "reflect":
        turn = _modulo(place + 0.5, 2.0 * size)
        return tf.minimum(turn, 2.0 * size - turn) - 0.5
    if fill_mode == "wrap":
        return tf.where(_within(place, size), place, _modulo(place, size - 1.0))
    return place


def _modulo(place: tf.Tensor, period: float) -> tf.Tensor:
    """place mod period; tf.math.floormod's division with remainder keeps XLA's loop from using vectors."""
    return place - period * tf.floor(place * (1.0 / period))
