"""Batch norms that are given the statistics of images, without a change of what the network computes."""

import keras
import numpy as np
from keras import ops

BATCH = 50
FACES = 2000
"""So many images give the statistics: each of 1,024 channels on a map of 4 x 4 has 32,000 values then."""


def calibrate_within(model: keras.Model, images: np.ndarray) -> None:
    """Do as `calibrate` does for the layer "backbone" of `model`, from FACES of its own input `images`, uint8 (N, H, W, C).

    What stands before the backbone (resizing, normalisation) is applied to them. The images are evenly spaced ones.
    """
    names = [layer.name for layer in model.layers]
    before = model.layers[names.index("backbone") - 1]
    normalised = keras.Model(model.input, before.output)
    chosen = images[:: max(1, len(images) // FACES)][:FACES]
    parts = [np.asarray(normalised(chosen[start : start + BATCH])) for start in range(0, len(chosen), BATCH)]
    calibrate(model.get_layer("backbone"), np.concatenate(parts))


def calibrate(backbone: keras.Model, images: np.ndarray, batch: int = BATCH) -> None:
    """Set each batch norm's moving statistics to those of its input, and gamma and beta so that its output stays.

    A folded batch norm (`FaceresFile`) knows no statistics: trained by those of its batches, it would change the function
    at the first step. Calibrated, it computes in training mode nearly what it computes in inference mode. One pass
    serves all of them, since none changes what the next one sees.

    Args:
        backbone: a functional model; every batch norm needs gamma and beta.
        images: float (N, S, S, C), normalised as the backbone takes them.
        batch: images at a time.

    Raises ValueError for images of another shape than the backbone's input, or none.
    """
    side = tuple(backbone.input_shape[1:])
    if len(images) < 1 or tuple(images.shape[1:]) != side:
        raise ValueError(f"Expected at least one image of shape {side}. Received: {tuple(images.shape)}")
    norms = [layer for layer in backbone.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for norm, (mean, variance) in zip(norms, _moments(backbone, norms, images, batch), strict=True):
        _restate(norm, mean, variance)


def _moments(backbone, norms, images, batch: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the mean and the biased variance (C,) of each norm's input over all images and positions, in float64."""
    inputs = keras.Model(backbone.inputs[0], [norm.input for norm in norms])
    sizes, means, squares = [], [[] for _ in norms], [[] for _ in norms]
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        sizes.append(len(part))
        for number, x in enumerate(inputs(part, training=False)):
            mean, variance = (ops.convert_to_numpy(m) for m in ops.moments(ops.cast(x, "float32"), axes=(0, 1, 2)))
            means[number].append(mean.astype("float64"))
            squares[number].append(variance.astype("float64") + mean.astype("float64") ** 2)
    averages = [
        [np.average(values, axis=0, weights=sizes) for values in pair] for pair in zip(means, squares, strict=True)
    ]
    return [(mean, np.maximum(square - mean**2, 0.0)) for mean, square in averages]


def _restate(norm, mean: np.ndarray, variance: np.ndarray) -> None:
    """Give `norm` these statistics; scale * x + shift stays what it was."""
    gamma, beta, old_mean, old_variance = (
        ops.convert_to_numpy(v).astype("float64")
        for v in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    scale = gamma / np.sqrt(old_variance + norm.epsilon)
    norm.gamma.assign(scale * np.sqrt(variance + norm.epsilon))
    norm.beta.assign(beta + (mean - old_mean) * scale)
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)
