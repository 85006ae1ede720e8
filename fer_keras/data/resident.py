"""Faces in the memory of the device that trains: a batch is gathered and augmented there, inside the compiled step.

For JAX on an accelerator, which would wait for a processor to send it images: FER2013 is 66 MB, a batch of the plan 8 kB.
The plan, and so every pixel, is that of pipeline.py.
"""

import dataclasses
from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from fer_keras.augment.jax_operations import augment_batch
from fer_keras.augment.operands import Block, Steps
from fer_keras.data.faces import Faces
from fer_keras.data.plan import (
    Treatment,
    blocks_of,
    expect_faces,
    expect_treatment,
    rows_per_epoch,
    steps_of_treatment,
    targets_of,
)


@dataclasses.dataclass(frozen=True)
class Resident:
    """Faces and their targets on the device, and what their treatment does to a batch.

    Attributes:
        images: uint8 [N, H, W, C]. targets: float32 [N, K]. Both on the device.
        steps: the operations of the treatment.
        mixes, divides: whether the treatment mixes rows, and divides weights by their mean.
    """

    images: jax.Array
    targets: jax.Array
    steps: Steps
    mixes: bool
    divides: bool


def resident(faces: Faces, treatment: Treatment) -> Resident:
    """Put `faces` on the device. Raises what `pipeline.training_batches` raises for faces or a treatment."""
    expect_faces(faces)
    expect_treatment(faces, treatment)
    images, targets = jax.device_put((np.asarray(faces.images), targets_of(faces, treatment)))
    return Resident(images, targets, steps_of_treatment(treatment), treatment.mixup > 0, treatment.divide_by_sum)


def batch_of(images, targets, block, kind: Resident) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return (images uint8 [B, H, W, C], targets float32 [B, K], weights float32 [B]) of a planned batch; traceable.

    `images` and `targets` are those of `kind`, given apart so that a compiled step takes them as arguments.
    """
    positions, given, extras = block
    changed = augment_batch(images[positions], given, kind.steps)
    rows, weights, share = targets[positions], extras[:, 0], extras[:, 1]
    if kind.divides:
        weights = weights / weights.mean()
    return _mixed(changed, rows, weights, share) if kind.mixes else (changed, rows, weights)


def planned_steps(
    faces: Faces, treatment: Treatment, *, batch_size: int, seed: int, epoch: int, first_step: int, at_once: int
) -> Iterator[Block]:
    """Yield the plan of an epoch from `first_step` on: arrays [S, B, ...], S batches of B rows, `at_once` or fewer.

    A last batch that is smaller comes alone, as [1, rest, ...].
    """
    full = rows_per_epoch(faces, treatment) // batch_size * batch_size
    first_row = first_step * batch_size
    for positions, given, extras in blocks_of(
        faces, treatment, seed, epoch, first_row=first_row, rows=at_once * batch_size
    ):
        block, rows = (positions.astype(np.int32), given, extras), len(positions)
        whole = min(rows, max(0, full - first_row))
        first_row += rows
        for part, size in ((slice(0, whole), batch_size), (slice(whole, rows), rows - whole)):
            if part.stop > part.start:
                yield tuple(array[part].reshape(-1, size, *array.shape[1:]) for array in block)


def _mixed(images, targets, weights, share):
    """See `pipeline._mix`."""
    mixed = _blend(images.astype(jnp.float32), share[:, None, None, None])
    summed = _blend(weights[:, None] * targets, share[:, None])
    mixed_weights = _blend(weights, share)
    return jnp.round(mixed).astype(jnp.uint8), summed / mixed_weights[:, None], mixed_weights


def _blend(values, share):
    return share * values + (1.0 - share) * jnp.roll(values, -1, axis=0)
