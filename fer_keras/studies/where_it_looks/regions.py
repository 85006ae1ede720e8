"""Eyes, brows and mouth on FER2013's faces, in pixels of 48 x 48, and how much of a map's mass lies on them.

How the numbers were obtained: the mean of FER2013's 28,709 Training images was enlarged twenty times under a grid of
four pixels, and the boxes read off it by eye. In the mean the eyes are darkest at (14.5, 17.5) and (33, 17.5), and end
where the cheeks begin, at row 21. The brows are the darker band above them, from row 11 to 15. The mouth is the dark band
from row 35 to 42; it is darkest in columns 17 to 31. The boxes are symmetric about column 24, as the mean face is. No
PrivateTest image was looked at.
"""

import functools

import numpy as np

from fer_keras.explain.maps import enlarged, shares

SIDE = 48
REGIONS = {
    "brows": ((8, 11, 21, 15), (27, 11, 40, 15)),
    "eyes": ((9, 15, 21, 21), (27, 15, 39, 21)),
    "mouth": ((15, 35, 33, 42),),
}
"""{region: boxes (left, top, right, bottom)}: pixels of FER2013's 48 x 48, right and bottom not included; disjoint."""
NOSE = (18, 20, 30, 35)
"""The nose's box on the same mean face: the bright ridge between the eyes' lower edge and the nostrils, above the mouth."""
WIDER = 2
"""Pixels by which the boxes are widened on every side in the second reckoning: faces are not all where the mean is."""


def masks(margin: int = 0) -> np.ndarray:
    """Return bool [len(REGIONS), 48, 48], the boxes widened by `margin` pixels; a pixel of two belongs to the first."""
    found = np.zeros((len(REGIONS), SIDE, SIDE), bool)
    for place, boxes in enumerate(REGIONS.values()):
        for left, top, right, bottom in boxes:
            found[place, top - margin : bottom + margin, left - margin : right + margin] = True
        found[place] &= ~found[:place].any(axis=0)
    return found


def areas(margin: int = 0) -> dict[str, float]:
    """Return {region: its share of the image}: what lies on it of a uniform map."""
    return dict(zip(REGIONS, masks(margin).mean(axis=(1, 2)).tolist(), strict=True))


@functools.cache
def weights(grid: tuple[int, int], margin: int = 0) -> np.ndarray:
    """Return float64 [len(REGIONS), h, w], read-only: of each cell of a map, the share on each region once enlarged."""
    cells = np.eye(grid[0] * grid[1], dtype=np.float32).reshape(-1, *grid)
    spread = shares(np.stack([enlarged(cell, SIDE) for cell in cells]))
    found = np.einsum("cij,rij->rc", spread, masks(margin)).reshape(-1, *grid)
    found.setflags(write=False)
    return found


def mass(values: np.ndarray, margin: int = 0) -> np.ndarray:
    """Return float64 [N, len(REGIONS)]: the share of each map float [N, h, w], none negative, on each region.

    Each cell of the map is spread over the image bilinearly, as `enlarged` does. A map of zeros counts as uniform.
    """
    return np.einsum("nij,rij->nr", shares(values), weights(values.shape[1:], margin))


def peaks_on_nose(values: np.ndarray) -> bool:
    """Say whether the greatest point of a map float [h, w], enlarged, lies on the nose."""
    row, column = divmod(int(enlarged(values, SIDE).argmax()), SIDE)
    left, top, right, bottom = NOSE
    return left <= column < right and top <= row < bottom


def moved_mass(values: np.ndarray) -> np.ndarray:
    """Return float64 [48 * 48]: the mass on all regions of one map float [h, w], moved by every offset, itself first."""
    spread = shares(enlarged(values, SIDE))
    region = masks().any(axis=0).astype(float)
    # Correlation on the torus by its Fourier transform: one product for all offsets.
    every = np.fft.ifft2(np.conj(np.fft.fft2(spread)) * np.fft.fft2(region)).real
    return every.ravel()
