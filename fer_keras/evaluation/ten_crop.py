"""Ten views of each face for test-time augmentation: the centre and four corners, each also mirrored."""

from collections.abc import Iterator

import numpy as np

KEPT = 44 / 48
"""Share of a side that a crop keeps: 44 of FER2013's 48 pixels."""

CROPS = ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
"""Centre, then the corners: top left, top right, bottom left, bottom right, as signs of (down, across)."""


def views(images: np.ndarray, centre_kept: float | None = None) -> Iterator[np.ndarray]:
    """Yield ten arrays like `images`, uint8 [N, H, W, C]: the five crops, then the five mirrored.

    A crop keeps KEPT of each side and is resized back, bilinearly. A model that itself keeps the centre of what it gets,
    `centre_kept` of each side (Paper 002's 224 of 256), is given the face shifted instead, so that it cuts its own size
    out of the centre and the corners; pixels that a shift brings in repeat the edge and are mostly cut off.
    """
    for mirrored in (False, True):
        source = images[:, :, ::-1] if mirrored else images
        for down, across in CROPS:
            if centre_kept is None:
                yield cropped(source, down, across)
            else:
                yield shifted(source, down, across, centre_kept)


def centre_kept(model) -> float | None:
    """Return the share of a side that the model's own centre crop keeps, None for a model without one."""
    for layer in model.layers:
        if layer.name == "center_crop":
            return layer.output.shape[1] / layer.input.shape[1]
    return None


def cropped(images: np.ndarray, down: int, across: int) -> np.ndarray:
    """Return the crop at (down, across), each -1, 0 or 1, in the size of `images`, uint8 [N, H, W, C]."""
    rows, columns = (_resample(size, sign) for size, sign in zip(images.shape[1:3], (down, across), strict=True))
    enlarged = np.einsum("yi,nijc,xj->nyxc", rows, images.astype(np.float32), columns, optimize=True)
    return np.clip(np.round(enlarged), 0, 255).astype(np.uint8)


def _resample(size: int, sign: int) -> np.ndarray:
    """Return float32 [size, size]: bilinear weights that enlarge the kept part of an axis to the whole of it.

    Pixel centres are at half integers, as in tf.image.resize; the part's outermost pixels are repeated at its edges.
    """
    kept = round(size * KEPT)
    start = (size - kept) * (sign + 1) // 2
    place = np.clip((np.arange(size) + 0.5) * kept / size - 0.5, 0, kept - 1)
    low = np.minimum(place.astype(int), max(kept - 2, 0))
    weights = np.zeros((size, size), np.float32)
    weights[np.arange(size), start + low] = 1 - (place - low)
    weights[np.arange(size), np.minimum(start + low + 1, size - 1)] += place - low
    return weights


def shifted(images: np.ndarray, down: int, across: int, kept: float) -> np.ndarray:
    """Return `images` [N, H, W, C] moved so that their centre, `kept` of each side, is what stood at (down, across)."""
    moved = images
    for axis, sign in ((1, down), (2, across)):
        size = images.shape[axis]
        step = sign * round(size * (1 - kept) / 2)
        moved = np.take(moved, np.clip(np.arange(size) + step, 0, size - 1), axis=axis)
    return moved
