"""What an epoch shows: which rows in which order, and how each is changed. Planned in NumPy, the same for every backend.

The plan (which rows, which parameters) is a function of (seed, epoch, row), so a run that stops at any step goes on
with the batch it would have had, and neither parallelism nor the number of devices changes a pixel.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping

import numpy as np

from fer_keras.augment.keyed import derive, uniforms
from fer_keras.augment.operands import Block, Steps, operands, steps_of
from fer_keras.augment.sampling import COLUMNS, Parameters, choose, draw
from fer_keras.config.settings import Augment
from fer_keras.data.balance import epoch_order, repeats
from fer_keras.data.faces import Faces
from fer_keras.data.targets import label_distributions


@dataclasses.dataclass(frozen=True)
class Treatment:
    """What training does to its rows: the data part of a recipe.

    Attributes:
        augment: for every row; class_augment: {class: Augment} instead of it for the extra copies of these classes.
        oversample: {class: times} an epoch. class_weights: {class: weight} of the loss, 1 for a class not named.
        divide_by_sum: divide the weights by their mean over the batch, so that Keras's mean over rows is PyTorch's
            weighted mean.
        mixup: a of the Beta(a, a) that mixes each row with another of its batch; 0 mixes nothing.
        soft_labels: targets are FER+'s distribution of votes instead of the label.
        expected_labels: the share of `targets.expected_labels` in each target, 0 to 1.
        teacher_share, teacher_temperature: the share of the faces' `taught` in each target, softened (see `Data`).
    """

    augment: Augment
    class_augment: Mapping[str, Augment] = dataclasses.field(default_factory=dict)
    oversample: Mapping[str, int] = dataclasses.field(default_factory=dict)
    class_weights: Mapping[str, float] = dataclasses.field(default_factory=dict)
    divide_by_sum: bool = False
    mixup: float = 0.0
    soft_labels: bool = False
    expected_labels: float = 0.0
    teacher_share: float = 0.0
    teacher_temperature: float = 1.0


def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Return the number of batches that hold `rows` rows (after oversampling); the last may be smaller."""
    return -(-rows // batch_size)


def rows_per_epoch(faces: Faces, treatment: Treatment) -> int:
    """Return how many rows an epoch visits, oversampled ones counted as often as they enter."""
    return int(repeats(faces.labels, faces.class_names, treatment.oversample).sum())


def repetitions(rows: int, batch_size: int, replicas: int) -> int:
    """Return how often the last batch of `rows` must stand in itself for the replicas to share it evenly; mostly 1.

    The mean loss of a batch that is repeated whole, its gradient and the statistics of batch normalisation are those of
    the batch, so the step stays that of the true batch. Leaving rows out, or filling up with some, would change it.
    """
    return replicas // math.gcd(rows % batch_size or batch_size, replicas)


def steps_of_treatment(treatment: Treatment) -> Steps:
    """Return the operations that some of the treatment's images need. Raises ValueError as `steps_of` does."""
    return steps_of((treatment.augment, *treatment.class_augment.values()))


def targets_of(faces: Faces, treatment: Treatment) -> np.ndarray:
    """Return the target of every row, float32 [N, K], before mixup. Raises ValueError for faces that lack what it takes."""
    softened = (treatment.soft_labels, treatment.expected_labels)
    return label_distributions(faces, *softened, treatment.teacher_share, treatment.teacher_temperature)


def blocks_of(
    faces: Faces, treatment: Treatment, seed: int, epoch: int, *, first_row: int, rows: int
) -> Iterator[Block]:
    """Yield the plan of `epoch` from its row number `first_row` on, `rows` rows at a time; the last block has what is left."""
    positions, copies = epoch_order(faces.labels, faces.class_names, treatment.oversample, seed, epoch)
    for start in range(first_row, len(positions), rows):
        part = slice(start, start + rows)
        yield _planned(faces, treatment, positions[part], copies[part], seed, epoch)


def _planned(faces, treatment, positions, copies, seed, epoch) -> Block:
    """Plan these positions [M] and copies [M]; the extras are class weights and shares of mixup.

    Everything random is drawn here, row by row, so it does not matter how rows are cut into blocks and batches.
    """
    rows, (height, width) = faces.rows[positions], faces.images.shape[1:3]
    weights = _class_weights(faces, treatment)[faces.labels[positions]]
    share = np.ones(len(rows))
    if treatment.mixup:
        share = _beta(treatment.mixup, uniforms(derive(seed, "mixup"), epoch, rows, copies, 1)[:, 0])
    given = operands(_parameters(faces, treatment, positions, copies, seed, epoch), height, width)
    return positions, given, np.stack((weights, share), axis=1).astype(np.float32)


def _parameters(faces, treatment, positions, copies, seed, epoch) -> Parameters:
    u = uniforms(derive(seed, "augment"), epoch, faces.rows[positions], copies, len(COLUMNS))
    parameters = draw(treatment.augment, u)
    for name, augment in treatment.class_augment.items():
        extra = (copies > 0) & (faces.labels[positions] == faces.class_names.index(name))
        parameters = choose(extra, draw(augment, u), parameters)
    return parameters


def _class_weights(faces: Faces, treatment: Treatment) -> np.ndarray:
    return np.array([treatment.class_weights.get(name, 1.0) for name in faces.class_names])


def _beta(a: float, u: np.ndarray) -> np.ndarray:
    """Return Beta(a, a) values of the uniform numbers u, by the inverse of the distribution function."""
    from scipy.special import betaincinv

    return betaincinv(a, a, u)


def expect_faces(faces: object) -> None:
    if not isinstance(faces, Faces):
        raise TypeError(f"Expected Faces. Received: {type(faces).__name__} {str(faces)[:60]}")


def expect_treatment(faces: Faces, treatment: Treatment) -> None:
    for mapping in (treatment.class_augment, treatment.class_weights):
        unknown = set(mapping) - set(faces.class_names)
        if unknown:
            raise ValueError(f"Expected classes among {faces.class_names}. Received: {sorted(unknown)}")
    if any(weight <= 0 for weight in treatment.class_weights.values()):
        raise ValueError(f"Expected positive class weights. Received: {dict(treatment.class_weights)}")
