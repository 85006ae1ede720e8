"""What a run's teachers say of the faces that it sees, at every step."""

import dataclasses
from collections.abc import Callable

import keras

Teach = Callable[[list, object], object]
"""What teachers say of a batch: (their weights, images uint8 [B, H, W, C]) to probabilities float32 [B, K]; traceable."""


@dataclasses.dataclass(frozen=True)
class Lessons:
    """Teachers that look at each face as the student sees it.

    Attributes:
        weights: of all teachers, on the device; none where `teach` holds them (TensorFlow). teach: the mean of what they
            say. share: of each target that it makes up.
    """

    weights: list
    teach: Teach
    share: float

    def targets(self, weights: list, images, labels):
        """Return the targets float32 [B, K] of `images`: what the teachers say for their share, `labels` for the rest."""
        told = keras.ops.stop_gradient(self.teach(weights, images))
        return self.share * told + (1.0 - self.share) * labels


def attend(model: keras.Model, lessons: Lessons | None) -> None:
    """Let the training steps of `model`, just compiled, take their targets from `lessons`; None: from the batch alone."""
    model.__dict__.pop("train_step", None)
    if lessons is None:
        return
    step = model.train_step

    def taught_step(*state_and_data):  # JAX has a state, TensorFlow has none
        *state, (images, labels, shares) = state_and_data
        return step(*state, (images, lessons.targets(lessons.weights, images, labels), shares))

    object.__setattr__(model, "train_step", taught_step)
