"""Draw what happens to each image. Applying it is geometry.py's, colour.py's and erasing.py's part.

Every image uses one line of uniform numbers, whatever its setting uses of it, in the order of COLUMNS. The order is
part of what makes a run repeatable: append to it, never rearrange it.
"""

from typing import NamedTuple

import numpy as np

from fer_keras.config.settings import Augment

COLUMNS = (
    "rotation",
    "shift_rows",
    "shift_columns",
    "shear",
    "zoom_rows",
    "zoom_columns",
    "flip",
    "brightness",
    "contrast",
    "erase",
    "erase_area",
    "erase_aspect",
    "erase_top",
    "erase_left",
)
"""What column k of the uniform numbers decides."""

ASPECT_RATIO = (0.3, 3.3)
"""Height over width of an erased rectangle, log-uniform (Zhong et al., "Random erasing", and torchvision)."""


class Parameters(NamedTuple):
    """What happens to each of B images; every field is an array [B].

    rotation_deg, shear_deg: degrees. shift_rows_fraction, shift_columns_fraction: of the height and of the width.
    zoom_rows, zoom_columns: ImageDataGenerator's direction, above 1 shows more of the surroundings. flip: bool.
    brightness, contrast: factors, 1 changes nothing. erase: bool; erase_area: share of the image; erase_aspect: height
    over width; erase_top, erase_left: where in the free room the rectangle lies, 0 top or left, 1 bottom or right.
    """

    rotation_deg: np.ndarray
    shear_deg: np.ndarray
    zoom_rows: np.ndarray
    zoom_columns: np.ndarray
    shift_rows_fraction: np.ndarray
    shift_columns_fraction: np.ndarray
    flip: np.ndarray
    brightness: np.ndarray
    contrast: np.ndarray
    erase: np.ndarray
    erase_area: np.ndarray
    erase_aspect: np.ndarray
    erase_top: np.ndarray
    erase_left: np.ndarray


def draw(augment: Augment, u: np.ndarray) -> Parameters:
    """Turn uniform numbers [B, len(COLUMNS)] into the Parameters [B] that `augment` asks for."""
    if u.ndim != 2 or u.shape[1] != len(COLUMNS):
        raise ValueError(f"Expected uniform numbers [B, {len(COLUMNS)}]. Received: {u.shape}")
    column = dict(zip(COLUMNS, u.T, strict=True))
    zoom = zoom_interval(augment.zoom_range)
    log_aspect = _between(column["erase_aspect"], np.log(ASPECT_RATIO))
    return Parameters(
        rotation_deg=_symmetric(column["rotation"], augment.rotation_range),
        shear_deg=_symmetric(column["shear"], augment.shear_range),
        zoom_rows=_between(column["zoom_rows"], zoom),
        zoom_columns=_between(column["zoom_columns"], zoom),
        shift_rows_fraction=_symmetric(column["shift_rows"], augment.height_shift_range),
        shift_columns_fraction=_symmetric(column["shift_columns"], augment.width_shift_range),
        flip=(column["flip"] < 0.5) & augment.horizontal_flip,
        brightness=_between(column["brightness"], augment.brightness_range or (1.0, 1.0)),
        contrast=_between(column["contrast"], augment.contrast_range or (1.0, 1.0)),
        erase=column["erase"] < augment.erase_probability,
        erase_area=_between(column["erase_area"], augment.erase_area),
        erase_aspect=np.exp(log_aspect),
        erase_top=column["erase_top"],
        erase_left=column["erase_left"],
    )


def choose(mask: np.ndarray, yes: Parameters, no: Parameters) -> Parameters:
    """Return, image by image, the parameters of `yes` where mask [B] is true and those of `no` elsewhere."""
    return Parameters(*(np.where(mask, a, b) for a, b in zip(yes, no, strict=True)))


def zoom_interval(zoom_range: float | tuple[float, float]) -> tuple[float, float]:
    """Return (low, high): a single number z stands for (1 - z, 1 + z), as in ImageDataGenerator."""
    if isinstance(zoom_range, int | float):
        return 1.0 - zoom_range, 1.0 + zoom_range
    return tuple(zoom_range)


def _between(u: np.ndarray, interval: tuple[float, float]) -> np.ndarray:
    low, high = interval
    return low + (high - low) * u


def _symmetric(u: np.ndarray, limit: float) -> np.ndarray:
    return _between(u, (-limit, limit))
