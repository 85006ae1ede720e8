"""Which rows an epoch visits, how often, and in which order: a function of (labels, seed, epoch) and nothing else."""

from collections.abc import Mapping

import numpy as np

from fer_keras.augment.keyed import shuffled


def repeats(labels: np.ndarray, class_names: tuple[str, ...], oversample: Mapping[str, int]) -> np.ndarray:
    """Return int64 [N]: how often each row enters an epoch, 1 unless its class is oversampled.

    Args:
        labels: int [N], indexes into class_names.
        oversample: {class name: times}, times a whole number from 1 up.

    Raises ValueError for an unknown class or another number of times.
    """
    unknown = set(oversample) - set(class_names)
    if unknown:
        raise ValueError(f"Expected classes among {class_names}. Received: {sorted(unknown)}")
    for name, times in oversample.items():
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            raise ValueError(f"Expected a whole number of times, 1 or more, for {name}. Received: {times!r}")
    return np.array([oversample.get(name, 1) for name in class_names], np.int64)[labels]


def epoch_order(
    labels: np.ndarray, class_names: tuple[str, ...], oversample: Mapping[str, int], seed: int, epoch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (positions int64 [M], copies int32 [M]): the rows of the epoch, shuffled, and which copy each one is.

    A class oversampled three times enters with copies 0, 1 and 2; copy 0 is the row itself. The order sorts hashes of
    (seed, epoch, position, copy), so it is the same however many devices, workers or processes share the epoch.
    """
    times = repeats(labels, class_names, oversample)
    positions = np.repeat(np.arange(len(labels), dtype=np.int64), times)
    first = np.repeat(np.cumsum(times) - times, times)
    copies = (np.arange(len(positions)) - first).astype(np.int32)
    order = shuffled(seed, epoch, positions, copies)
    return positions[order], copies[order]
