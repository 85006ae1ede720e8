"""Toy faces: seven expressions drawn procedurally, so that the whole suite runs where FER2013 is not at hand.

They teach a network to tell drawn brows, lids and mouths apart, nothing about people: no result on them is comparable.
"""

import dataclasses
import functools

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES, PRIVATE, PUBLIC, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.official_copy import official_counts
from fer_keras.data.readers.toy_draw import SIDE, draw

SPLITS = (TRAIN, PUBLIC, PRIVATE)
FACES_A_PERSON = 8
FACES_AT_ONCE = 32
WEAKEST = 0.4

EXPRESSION = ("brow_height", "brow_inner", "brow_arch", "eye_open", "mouth_width", "mouth_open", "mouth_corner")
EXPRESSION += ("teeth", "nose_up", "wrinkle", "cheek")
_TYPICAL = {
    "angry": (-0.07, -0.09, 0.00, 0.055, 0.23, 0.012, 0.03, 0.0, 0.02, 0.25, 0.2),
    "disgust": (-0.05, -0.04, 0.01, 0.035, 0.22, 0.045, 0.09, 0.3, 0.07, 0.95, 0.9),
    "fear": (0.07, 0.07, 0.00, 0.120, 0.27, 0.070, 0.06, 0.4, 0.00, 0.10, 0.1),
    "happy": (0.01, 0.00, 0.03, 0.040, 0.34, 0.075, -0.14, 0.9, 0.01, 0.00, 0.6),
    "sad": (0.01, 0.09, 0.00, 0.050, 0.22, 0.008, 0.11, 0.0, 0.00, 0.05, 0.2),
    "surprise": (0.12, 0.00, 0.05, 0.125, 0.17, 0.140, 0.00, 0.0, 0.00, 0.00, 0.0),
    "neutral": (0.00, 0.00, 0.02, 0.075, 0.24, 0.008, 0.00, 0.0, 0.00, 0.00, 0.05),
}
_SPREAD = (0.025, 0.022, 0.012, 0.014, 0.025, 0.010, 0.026, 0.10, 0.010, 0.10, 0.12)
_LEAST = (-0.12, -0.14, 0.00, 0.018, 0.12, 0.004, -0.20, 0.0, 0.00, 0.00, 0.0)

IDENTITY = {
    "skin": (0.45, 0.9),
    "hair": (0.03, 0.5),
    "hairline": (0.45, 0.68),
    "fringe": (-0.3, 0.3),
    "head_width": (0.56, 0.7),
    "head_height": (0.76, 0.88),
    "jaw": (0.05, 0.32),
    "eye_distance": (0.22, 0.3),
    "eye_size": (0.11, 0.16),
    "eye_height": (0.1, 0.22),
    "iris": (0.03, 0.35),
    "brow_thickness": (0.022, 0.06),
    "brow_tone": (0.05, 0.35),
    "nose_length": (0.32, 0.46),
    "nose_width": (0.06, 0.12),
    "mouth_height": (0.42, 0.52),
    "lip": (0.015, 0.05),
    "lip_tone": (0.5, 0.8),
    "beard": (-0.8, 0.6),
}
POSE = {
    "rotation": (-0.15, 0.15),
    "scale": (1.15, 1.35),
    "shift_x": (-0.08, 0.08),
    "shift_y": (-0.12, 0.02),
    "yaw": (-0.06, 0.06),
    "light": (0.75, 1.15),
    "light_x": (-0.3, 0.3),
    "light_y": (-0.2, 0.2),
    "background": (0.05, 0.9),
    "noise": (0.01, 0.04),
}


@functools.lru_cache(maxsize=4)
def toy_faces(n_train: int = 2800, n_public: int = 400, n_private: int = 400, seed: int = 0) -> Faces:
    """Draw faces with the class proportions of FER2013's splits.

    Everything about a face depends on seed, split and its place in the split: the expression, at 40 to 100 % of its
    strength and blurred; one of the split's own people (about eight faces each; no person is in two splits); the pose
    and light of the photograph; noise.

    Returns Faces with images uint8 [N, 48, 48, 1], splits "train", "public", "private" in this order, synthetic=True.
    """
    sizes = dict(zip(SPLITS, (n_train, n_public, n_private), strict=True))
    parts = [_draw_split(split, size, seed) for split, size in sizes.items()]
    return Faces(
        images=np.concatenate([images for images, _ in parts]),
        labels=np.concatenate([labels for _, labels in parts]),
        split=np.repeat(SPLITS, list(sizes.values())),
        rows=np.arange(sum(sizes.values())),
        class_names=FER2013_CLASSES,
        source="toy faces",
        synthetic=True,
    )


def with_votes(faces: Faces) -> Faces:
    """Return drawn faces with ten votes each as FER+ counts them: seven for the label, three for neutral.

    Raises ValueError for photographs: nobody voted on them here.
    """
    if not faces.synthetic:
        raise ValueError(f"Expected drawn faces. Received: {faces.source}")
    candidate = np.array([FERPLUS_CLASSES.index(name) for name in FER2013_CLASSES])[faces.labels]
    votes = np.zeros((len(faces), len(FERPLUS_CLASSES) + 2), np.float32)
    votes[:, FERPLUS_CLASSES.index("neutral")] = 3
    votes[np.arange(len(faces)), candidate] += 7
    return dataclasses.replace(faces, votes=votes)


def class_sizes(split: str, n: int) -> np.ndarray:
    """Return int64 [7]: `n` rows shared out by the split's class proportions, by largest remainder."""
    counts = np.array(list(official_counts()[split].values()))
    share = n * counts / counts.sum()
    sizes = np.floor(share).astype(np.int64)
    sizes[np.argsort(sizes - share, kind="stable")[: n - sizes.sum()]] += 1
    return sizes


def people(split: str, n: int, seed: int) -> np.ndarray:
    """Return float32 [n, 19]: the split's first `n` people, a column for each name of IDENTITY."""
    return _uniform(_rng(seed, split, "people"), IDENTITY, n)


def _draw_split(split: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    labels = _rng(seed, split, "labels").permutation(np.repeat(np.arange(len(FER2013_CLASSES)), class_sizes(split, n)))
    crowd = people(split, max(1, n // FACES_A_PERSON), seed)
    identity = crowd[_rng(seed, split, "who").integers(len(crowd), size=n)]
    expression = _expressions(labels, _rng(seed, split, "expression"))
    pose = _uniform(_rng(seed, split, "pose"), POSE, n)
    rng = _rng(seed, split, "noise")
    images = np.empty((n, SIDE, SIDE, 1), np.uint8)
    for first in range(0, n, FACES_AT_ONCE):
        some = slice(first, first + FACES_AT_ONCE)
        noise = rng.standard_normal((len(labels[some]), SIDE, SIDE), np.float32)
        images[some] = draw(
            dict(zip(EXPRESSION, expression[some].T, strict=True)),
            dict(zip(IDENTITY, identity[some].T, strict=True)),
            dict(zip(POSE, pose[some].T, strict=True)),
            noise,
        )
    return images, labels


def _expressions(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return float32 [N, 11]: between neutral and the typical expression, with a spread."""
    typical = np.array([_TYPICAL[name] for name in FER2013_CLASSES], np.float32)
    neutral = typical[FER2013_CLASSES.index("neutral")]
    strength = rng.uniform(WEAKEST, 1, (len(labels), 1))
    drawn = neutral + strength * (typical[labels] - neutral) + rng.normal(size=(len(labels), len(EXPRESSION))) * _SPREAD
    return np.maximum(drawn, _LEAST).astype(np.float32)


def _uniform(rng: np.random.Generator, ranges: dict[str, tuple[float, float]], n: int) -> np.ndarray:
    low, high = np.array(list(ranges.values())).T
    return rng.uniform(low, high, (n, len(ranges))).astype(np.float32)


def _rng(seed: int, split: str, what: str) -> np.random.Generator:
    """A stream of its own for each seed, split and purpose."""
    return np.random.default_rng([seed, *f"{split} {what}".encode()])
