"""Random numbers without a state: each is a hash of what it is for, so no order, batch or worker can change it.

The generator is splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), used
as a counter: the key (seed, epoch, row, copy) is hashed to a state, and column k is that state's output number k.
"""

import numpy as np

GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MASK = (1 << 64) - 1


def splitmix64(state: np.ndarray | int, number: np.ndarray | int = 0) -> np.ndarray:
    """Return output `number` (0 is the first) of the splitmix64 generator started at `state`: uint64, broadcast."""
    with np.errstate(over="ignore"):
        z = np.asarray(state, np.uint64) + (np.asarray(number, np.uint64) + np.uint64(1)) * GAMMA
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def derive(seed: int, purpose: str) -> int:
    """Return a seed for one purpose ("order", "augment", ...): streams of different purposes share nothing."""
    state = np.uint64(seed & _MASK)
    for byte in purpose.encode():
        state = splitmix64(state ^ np.uint64(byte))
    return int(splitmix64(state ^ np.uint64(256)))


def hashes(seed: int, epoch: int, rows: np.ndarray, copies: np.ndarray | int) -> np.ndarray:
    """Return the uint64 [B] hash of (seed, epoch, row, copy) for each of the B rows; copies is [B] or one number."""
    state = splitmix64(np.uint64(seed & _MASK))
    for part in (np.uint64(epoch), np.asarray(rows).astype(np.uint64), np.asarray(copies).astype(np.uint64)):
        state = splitmix64(state ^ part)
    return state


def uniforms(seed: int, epoch: int, rows: np.ndarray, copies: np.ndarray | int, columns: int) -> np.ndarray:
    """Return float64 [B, columns], uniform in [0, 1), one line for each of the B rows.

    Args:
        seed: any integer (its low 64 bits count); see `derive`.
        epoch: 0 or more.
        rows: int [B], what identifies each row.
        copies: int [B] or one number: which of its copies (oversampling) the row is.
        columns: how many independent numbers a row needs; column k does not depend on how many follow it.
    """
    state = hashes(seed, epoch, rows, copies)
    bits = splitmix64(state[:, None], np.arange(columns, dtype=np.uint64))
    return (bits >> np.uint64(11)) * 2.0**-53


def shuffled(seed: int, epoch: int, rows: np.ndarray, copies: np.ndarray | int = 0) -> np.ndarray:
    """Return the positions int64 [B] 0..B-1 in a random order that the seed, the epoch and the rows alone decide."""
    return np.argsort(hashes(derive(seed, "order"), epoch, rows, copies), kind="stable")
