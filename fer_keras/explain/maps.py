"""A map over a face: how much each part of it counts."""

import dataclasses

import numpy as np
from PIL import Image

KINDS = {
    "grad_cam": "Grad-CAM",
    "occlusion": "occlusion",
    "spatial_attention": "spatial attention",
    "self_attention": "self-attention",
}
"""{kind of map: what it is called}."""


@dataclasses.dataclass(frozen=True)
class Map:
    """One map of one face.

    Attributes:
        kind: one of KINDS.
        values: float32 [h, w], none negative, on the grid that the map is computed on; all zero where nothing counts.
        target: the class that the map is of; None for a network's own attention, which is the same for all classes.
        layer: of the network, by name; None for occlusion, which needs none.
    """

    kind: str
    values: np.ndarray
    target: str | None = None
    layer: str | None = None

    @property
    def name(self) -> str:
        """The kind in words, with the class or the layer that tells two maps of a kind apart."""
        other = self.target or (self.layer if self.layer != self.kind else None)
        return f"{KINDS[self.kind]}, {other}" if other else KINDS[self.kind]


def enlarged(values: np.ndarray, side: int) -> np.ndarray:
    """Return maps float [..., h, w] as float32 [..., side, side], bilinearly, as Pillow enlarges: cells have centres.

    A map that is the same everywhere stays so; a smaller `side` than h or w averages.
    """
    values = np.asarray(values, np.float32)
    flat = values.reshape(-1, *values.shape[-2:])
    size = (side, side)
    large = [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BILINEAR)) for each in flat]
    return np.stack(large).reshape(*values.shape[:-2], side, side)


def shares(values: np.ndarray) -> np.ndarray:
    """Return maps float [..., h, w], none negative, divided by their sums; a map of zeros becomes the uniform one.

    Raises ValueError for negative or infinite values.
    """
    values = np.asarray(values, np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("Expected maps of finite values from 0 up. Received: others")
    total = values.sum(axis=(-2, -1), keepdims=True)
    uniform = 1 / (values.shape[-2] * values.shape[-1])
    return np.where(total > 0, values / np.where(total > 0, total, 1), uniform)
