"""Augmentation that gradients pass through, of what the discriminator sees, real or made.

Zhao et al., "Differentiable augmentation for data-efficient GAN training" (NeurIPS 2020): with a few hundred images the
discriminator learns them by heart; when both kinds are distorted alike before it looks, it cannot, and the generator
does not learn the distortion. Their policies colour (brightness and contrast of grey faces), translation and cutout.
"""

from keras import ops

COLUMNS = 6
"""Uniform numbers that `distorted` needs for each face."""
BRIGHTNESS, CONTRAST, SHIFT, CUT = 0.5, 0.5, 1 / 8, 1 / 2
"""Added to -1..1; factor 1 ± this; fraction of the side; side of the square that is blanked, as a fraction too."""


def distorted(faces, draws):
    """Return faces (B, H, W, 1) in -1..1 with brightness, contrast and place changed and a square blanked, float32.

    `draws`, uniform in [0, 1), (B, 6), decides everything: brightness, contrast, shift down and right in whole pixels,
    place of the square (which may reach over the edge). What a shift or the square leaves empty is 0, mid-grey.
    """
    side = faces.shape[1]
    columns = [ops.reshape(draws[:, column], (-1, 1, 1)) for column in range(COLUMNS)]
    x = faces[..., 0] + BRIGHTNESS * (2 * columns[0] - 1)
    mean = ops.mean(x, axis=(1, 2), keepdims=True)
    x = (x - mean) * (1 + CONTRAST * (2 * columns[1] - 1)) + mean
    x = ops.matmul(_shift(columns[2], side), ops.matmul(x, ops.transpose(_shift(columns[3], side), (0, 2, 1))))
    return (x * _kept(columns[4], columns[5], side))[..., None]


def _shift(draw, side):
    """Return the matrices (B, side, side) that move rows by up to SHIFT of the side; rows from outside are zero."""
    most = int(side * SHIFT + 0.5)
    offset = ops.floor(draw * (2 * most + 1)) - most
    places = ops.arange(side, dtype="float32")
    return ops.cast(ops.equal(places[None, None, :], places[None, :, None] - offset), "float32")


def _kept(down, right, side):
    """Return 1 outside the blanked square and 0 in it, (B, side, side)."""
    cut = int(side * CUT + 0.5)
    inside = [_between(draw, side, cut) for draw in (down, right)]
    return 1 - ops.transpose(inside[0], (0, 2, 1)) * inside[1]


def _between(draw, side, cut):
    """Return 1 for the places (B, 1, side) that the square covers along one axis; its centre is uniform."""
    first = ops.floor(draw * (side + 1 - cut % 2)) - cut // 2
    places = ops.reshape(ops.arange(side, dtype="float32"), (1, 1, -1))
    return ops.cast(ops.logical_and(places >= first, places < first + cut), "float32")
