"""Whether an exported network says what Keras says."""

import dataclasses
from collections.abc import Callable

import numpy as np

from fer_keras.io.errors import expected

MOST_DIFFERENCE = 1e-5
"""Of a probability, in float32."""

MOST_LABELS = 0.005
"""Share of the labels that may differ, in float16 and int8."""


@dataclasses.dataclass(frozen=True)
class Proof:
    """How far an exported network is from Keras.

    Attributes:
        faces: number of faces on which both were run.
        difference: the largest of a probability.
        labels: number of faces whose most probable class differs.
    """

    faces: int
    difference: float
    labels: int

    def __str__(self) -> str:
        share = f"{self.labels:,} labels ({self.labels / self.faces:.1%})"
        return f"on {self.faces:,} faces it differs from Keras by at most {self.difference:.1e} and in {share}"


def prove(network: Callable, faces: np.ndarray, probabilities: np.ndarray, quantize: str, what: str) -> Proof:
    """Return how far `network` is from the `probabilities` [N, K] that Keras gives `faces` [N, side, side, channels].

    Raises UserError, which names `what`, where that is further than MOST_DIFFERENCE, or quantized than MOST_LABELS.
    """
    found = np.asarray(network(faces))
    if found.shape != probabilities.shape or not np.isfinite(found).all():
        raise expected(f"finite probabilities {probabilities.shape} of {what}", f"{found.shape}, or not finite")
    labels = int((found.argmax(1) != probabilities.argmax(1)).sum())
    proof = Proof(len(faces), float(np.abs(found - probabilities).max()), labels)
    if quantize == "none" and proof.difference > MOST_DIFFERENCE:
        raise _unequal(f"{what} within {MOST_DIFFERENCE:g} of Keras", proof)
    if quantize != "none" and labels > MOST_LABELS * len(faces):
        raise _unequal(f"{what} in {quantize} with at most {MOST_LABELS:.1%} of labels other than Keras's", proof)
    return proof


def _unequal(what, proof):
    return expected(what, str(proof), "Nothing is written.")
