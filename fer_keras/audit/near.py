"""Near copies: the same picture after a change of brightness or contrast, JPEG, a shift by a pixel or two, a mirror.

How. Each face is brought to grey 48 x 48 and band-passed (the difference of two Gaussian blurs: brightness and slow
shading go, so does pixel noise) and scaled to norm 1. Block means on a 12 x 12 grid of that make a signature; pairs whose
signatures correlate by CANDIDATE or more come from tiled matrix products. Each candidate is verified on the 48 x 48
planes: its score is the best normalised correlation over all shifts of up to REACH pixels. Mirrored copies: the same,
against the mirrored signatures and planes.

The threshold, as measured on FER2013 (35,887 faces, each distinct picture once). No two unrelated photographs should match
a mirror image more rarely than they match directly, so pairs found mirrored are a control that bounds the false ones:

    score            .65-.70  .70-.75  .75-.80  .80-.85  .85-.90  .90-.95   .95-1
    direct pairs     @DIRECT
    mirrored pairs   @MIRROR

@SEEN

Recall of the candidates: @RECALL
Robustness: @ROBUST

Cost. The products are quadratic in rows but cheap (35,887 rows: 2 x 185 GFLOP, counting each pair once); verification grows
with the candidates; memory is 4.9 KB a face plus one tile. @TIME Ten times the rows cost
about a hundred times the products: beyond 200,000 rows compare test rows with training rows only
(`fer_keras.audit.contamination`), which is linear in each, or a sample.
"""

import dataclasses
import functools

import numpy as np

from fer_keras.audit.duplicates import firsts
from fer_keras.data.faces import Faces

SIDE, GRID, REACH = 48, 12, 2
SHIFTS = range(-REACH, REACH + 1)
PLANE_BLURS, SIGNATURE_BLURS = (0.7, 4.0), (2.0, 5.0)
"""Standard deviations, in pixels of 48, of the two Gaussians whose difference is the band-pass."""
CANDIDATE, THRESHOLD = 0.72, 0.80
FEATURELESS = 0.5
"""Root mean square in grey levels of a band-passed plane below which an image resembles nothing."""
GREY = np.array([0.299, 0.587, 0.114], np.float32)
TILE, BATCH = 4096, 256


@dataclasses.dataclass(frozen=True, eq=False)
class Planes:
    """Faces made comparable: `planes` float32 [N, 48, 48] of norm 48, `signatures` float32 [N, 144] of norm 1; or 0."""

    planes: np.ndarray
    signatures: np.ndarray

    def mirrored(self) -> "Planes":
        """Return the planes and signatures of the mirror images."""
        grid = self.signatures.reshape(-1, GRID, GRID)[:, :, ::-1]
        return Planes(self.planes[:, :, ::-1], np.ascontiguousarray(grid).reshape(self.signatures.shape))


def prepare(images: np.ndarray) -> Planes:
    """Return the planes of uint8 images [N, H, W, 1 or 3], of any size."""
    n = len(images)
    planes = np.zeros((n, SIDE, SIDE), np.float32)
    signatures = np.zeros((n, GRID * GRID), np.float32)
    for start in range(0, n, BATCH):
        now = slice(start, start + BATCH)
        grey = _grey(images[now])
        band = _band_pass(grey, SIDE, *PLANE_BLURS)
        rms = np.sqrt(np.mean(band**2, axis=1, keepdims=True))
        featured = rms >= FEATURELESS
        planes[now] = (band * featured / np.maximum(rms, FEATURELESS)).reshape(-1, SIDE, SIDE)
        means = _band_pass(grey, GRID, *SIGNATURE_BLURS)
        norm = np.linalg.norm(means, axis=1, keepdims=True)
        signatures[now] = means * featured / np.maximum(norm, 1e-6)
    return Planes(planes, signatures)


def compare(left: Planes, right: Planes | None = None, threshold: float = THRESHOLD, mirrored: bool = False):
    """Find the pairs (a of `left`, b of `right`, or a < b both of `left`) that score `threshold` or more.

    With `mirrored`, b is mirrored first. Returns (positions int64 [P, 2], scores float32 [P] rounded to 4 decimals),
    ordered by position. Raises ValueError for a threshold below CANDIDATE, where candidates would be missing.
    """
    if not CANDIDATE <= threshold <= 1:
        raise ValueError(f"Expected a threshold from {CANDIDATE} to 1. Received: {threshold}")
    other = left if right is None else right
    other = other.mirrored() if mirrored else other
    pairs = _candidates(left.signatures, other.signatures, within=right is None)
    scores = np.zeros(len(pairs), np.float32)
    for start in range(0, len(pairs), BATCH):
        chosen = pairs[start : start + BATCH]
        scores[start : start + BATCH] = _correlate(left.planes[chosen[:, 0]], other.planes[chosen[:, 1]])
    scores = np.minimum(scores.round(4), np.float32(1))
    kept = scores >= np.float32(threshold)
    pairs, scores = pairs[kept], scores[kept]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return pairs[order], scores[order]


def near_pairs(faces: Faces, threshold: float = THRESHOLD, mirrored: bool = False):
    """Return (positions int64 [P, 2], scores float32 [P]) of near copies among the distinct pictures of `faces`.

    A picture that occurs several times, pixel for pixel, enters once, at its first position (`duplicates.exact` has the
    rest). With `mirrored`, pairs in which one is like the mirror image of the other; two shots of a symmetric face may
    be found both ways.
    """
    first = np.unique(firsts(faces.images))
    pairs, scores = compare(prepare(faces.images[first]), threshold=threshold, mirrored=mirrored)
    return first[pairs], scores


def _grey(images):
    images = images.astype(np.float32)
    return images[..., 0] if images.shape[3] == 1 else images @ GREY


def _band_pass(grey, side, fine, coarse):
    """Return float32 [N, side * side] of mean 0: block means of grey [N, H, W] blurred by `fine` less by `coarse`."""
    height, width = grey.shape[1:]
    low, high = (_blur(height, side, sigma) @ grey @ _blur(width, side, sigma).T for sigma in (coarse, fine))
    band = (high - low).reshape(len(grey), -1)
    return band - band.mean(axis=1, keepdims=True)


@functools.cache
def _blur(size, side, sigma):
    """Return a float32 matrix [side, size]: resample an axis by area to 48, blur by `sigma`, take block means."""
    edges = np.linspace(0, size, SIDE + 1)
    pixel = np.arange(size)
    area = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    area = np.clip(area, 0, None) * SIDE / size
    place = np.arange(SIDE)
    weights = np.exp(-((place[:, None] - place) ** 2) / (2 * sigma**2))
    weights[weights < 1e-12] = 0  # Denormal numbers would make the products thirty times slower.
    blurred = weights / weights.sum(axis=1, keepdims=True) @ area
    return blurred.reshape(side, SIDE // side, size).mean(axis=1).astype(np.float32)


def _candidates(left, right, within):
    """Return int64 [P, 2], the pairs whose signatures correlate by CANDIDATE or more, tile by tile."""
    found = [np.zeros((0, 2), np.int64)]
    for top in range(0, len(left), TILE):
        for side in range(top if within else 0, len(right), TILE):
            product = left[top : top + TILE] @ right[side : side + TILE].T
            a, b = np.nonzero(product >= CANDIDATE)
            pairs = np.stack([a + top, b + side], axis=1)
            found.append(pairs[pairs[:, 0] < pairs[:, 1]] if within else pairs)
    return np.concatenate(found)


def _correlate(a, b):
    """Return float32 [P]: the best normalised correlation of planes [P, 48, 48] over shifts of up to REACH pixels."""
    products = np.empty((len(a), len(SHIFTS), len(SHIFTS)), np.float32)
    for y, down in enumerate(SHIFTS):
        for x, across in enumerate(SHIFTS):
            mine, other = a[:, _under(down), _under(across)], b[:, _under(-down), _under(-across)]
            products[:, y, x] = np.einsum("nij,nij->n", mine, other)
    covered = np.zeros((len(SHIFTS), SIDE), np.float32)
    for row, shift in zip(covered, SHIFTS, strict=True):
        row[_under(shift)] = 1
    area = np.outer(covered.sum(axis=1), covered.sum(axis=1))
    (sum_a, squares_a), (sum_b, squares_b) = (
        (window @ x @ window.T, window @ (x * x) @ window.T) for x, window in ((a, covered), (b, covered[::-1]))
    )
    variance = (squares_a - sum_a**2 / area) * (squares_b - sum_b**2 / area)
    correlation = (products - sum_a * sum_b / area) / np.sqrt(np.maximum(variance, 1e-6))
    return correlation.max(axis=(1, 2))


def _under(shift):
    """Return the slice of an axis of 48 that lies under another axis moved by `shift`."""
    return slice(max(0, shift), SIDE + min(0, shift))
