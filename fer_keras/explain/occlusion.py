"""Occlusion: how much a class's probability drops when a part of the face is hidden (Zeiler and Fergus 2014).

Needs no gradients, and so serves the LiteRT file of the package, too.
"""

from collections.abc import Callable

import numpy as np

PATCH_SHARE, STEP_SHARE = 6, 12
"""Side of the patch and its step: the face's side divided by these; 8 and 4 of 48 pixels."""


def covered(face: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return uint8 [N, H, W, C]: `face` uint8 [H, W, C] with `hidden` bool [N, H, W] in its mean colour."""
    mean = np.round(face.mean(axis=(0, 1))).astype(np.uint8)
    return np.where(hidden[..., None], mean, face)


def patches(side: int) -> np.ndarray:
    """Return bool [n * n, side, side]: a square at every step, whose centre is in the face; cut off at its edge."""
    half, step = max(1, side // PATCH_SHARE) / 2, max(1, side // STEP_SHARE)
    pixel = np.arange(side) + 0.5
    centres = np.arange(step / 2, side, step)
    across = np.abs(pixel - centres[:, None]) <= half
    return (across[:, None, :, None] & across[None, :, None, :]).reshape(-1, side, side)


def drops(forward: Callable[[np.ndarray], np.ndarray], face: np.ndarray) -> np.ndarray:
    """Return float32 [n, n, K]: by how much each class's probability drops with a patch at each place.

    Args:
        forward: uint8 faces [N, side, side, C] to probabilities [N, K].
        face: uint8 [side, side, C].

    Negative where the patch raises the probability.
    """
    hidden = patches(face.shape[0])
    places = round(len(hidden) ** 0.5)
    scores = forward(np.concatenate([face[None], covered(face, hidden)]))
    return (scores[0] - scores[1:]).reshape(places, places, -1).astype(np.float32)


def occlusion_map(dropped: np.ndarray, place: int) -> np.ndarray:
    """Return float32 [n, n]: of `drops` the class at `place`, where hiding does not lower the probability zero."""
    return np.maximum(dropped[..., place], 0)
