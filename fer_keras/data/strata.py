"""Positions divided so that each stratum is divided alike."""

import numpy as np


def apart(strata: np.ndarray, seed: int, **size) -> tuple[np.ndarray, np.ndarray]:
    """Return two ascending arrays that share out the positions of `strata` [N], each with its share of every stratum.

    Args:
        size: scikit-learn's `train_size` of the first or `test_size` of the second, a share or a count.

    Raises ValueError for too few positions of a stratum.
    """
    from sklearn.model_selection import train_test_split  # only here, so that faces are read without it

    first, second = train_test_split(np.arange(len(strata)), stratify=strata, random_state=seed, **size)
    return np.sort(first), np.sort(second)
