"""Near copies: the same picture after a change of brightness or contrast, JPEG, a shift by a pixel or two, a mirror.

How. Each face is brought to grey 48 x 48 and band-passed: blurred finely less blurred coarsely, so that brightness, slow
shading and pixel noise go (`planes`). A smoother band-pass on a 12 x 12 grid is its signature. Pairs whose signatures
correlate by CANDIDATE come from tiled matrix products; each is verified on the planes, where its score is the best
normalised correlation over shifts of up to REACH pixels. Mirrored copies: the same, with one side mirrored.

Threshold, measured on FER2013 (34,032 distinct pictures). Different people resemble each other mirrored about as often as
unmirrored, so the mirrored pairs, few of which are true copies, show how many chance pairs to expect:

    score            .65-.70  .70-.75  .75-.80  .80-.85  .85-.90  .90-.95  .95-1
    as they are        6,271    1,489      631      553      753    1,522  1,518
    mirrored           5,692    1,100      231       67       45       22     24

Of random pairs looked at, these showed different people: 14 of 120 at .78-.80, 4 of 120 at .80-.82, 1 of 120 at .82-.85,
none of 120 at .85-.90; mirrored, 4 of 32 at .80-.82, 1 of 31 at .82-.85, none of 41 at .85-.90. At .80, then, about ten
of 4,348 pairs are wrong, and five of the 83 found only mirrored. Shots of one person a moment apart count as near copies.

Recall. CANDIDATE at .67 instead of .72, with three times the candidates, finds 2 % more pairs. Of 2,000 FER2013 faces
changed on purpose, these were found: all at brightness x 0.25 to x 1.3 or + 40, contrast x 0.5, gamma 0.6 and 1.6, JPEG
quality 10 and up, 24 pixels and back, noise of 10 grey levels, a shift by one pixel along both axes; 99.9 % at contrast
x 1.5, 99 % at brightness x 1.5 and zoom 1.05, 98 % equalised or shifted by 2 pixels along one axis, 64 % turned by 3
degrees. Beyond reach: shifts by 3 pixels (34 %) and zoom 1.09 (9 %).

Cost. FER2013 takes some 30 s of one core and 0.65 GB. Memory is 10 KB a face and a tile of products; the products are quadratic
in faces with a small constant (2 x 167 GFLOP here, 11 s) and so are the candidates of unrelated faces. Beyond 200,000
faces, ask about test rows against training rows only (`fer_keras.data.contamination`, linear in each).
"""

import dataclasses
import functools

import numpy as np

from fer_keras.data.duplicates import firsts
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
