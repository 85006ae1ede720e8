"""What the operations on a batch are given: which of them it needs, and their numbers for each image."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from fer_keras.augment.affine import affine_matrices
from fer_keras.augment.boxes import erase_boxes
from fer_keras.augment.sampling import Parameters, zoom_interval
from fer_keras.config.settings import Augment

ROUNDING = 1e-3
"""Pixels by which a coordinate may miss the edge and count as on it: float32 errs by 1e-5 at 48 pixels, 1e-4 at 500."""

LUMA = (0.2989, 0.587, 0.114)
"""Shares of red, green and blue in grey (ITU-R BT.601, as torchvision rounds them)."""

Block = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Some batches of a plan in one: positions int64 [M], operands float32 [M, OPERANDS], extras float32 [M, E]."""


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


def block_rows(batch_size: int) -> int:
    """Return how many rows to plan at once: whole batches, about 2,000 rows, so that Python costs little a batch."""
    return batch_size * max(1, 2048 // batch_size)


def _moves(augment: Augment) -> bool:
    ranges = (augment.rotation_range, augment.shear_range, augment.width_shift_range, augment.height_shift_range)
    return any(ranges) or zoom_interval(augment.zoom_range) != (1.0, 1.0)
