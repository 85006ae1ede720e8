"""`ImageDataGenerator`, by its arguments: the legacy class's names, units and meaning, compiled for whole batches.

    generator = ImageDataGenerator(rotation_range=35, zoom_range=0.4, horizontal_flip=True)
    model.fit(generator.flow(images, labels, batch_size=64, seed=1), steps_per_epoch=len(images) // 64, epochs=30)

Different from the legacy class, on purpose: images come out as uint8 0..255 (models here take raw pixels, so there is
no `rescale`, centring or whitening); width_shift_range moves columns and height_shift_range rows (Keras 3's class swaps
them); brightness rounds where the legacy class truncates twice; every image depends on (seed, epoch, row) alone.
"""

import itertools

import numpy as np
import tensorflow as tf

from fer_keras.augment.keyed import derive, shuffled, uniforms
from fer_keras.augment.operands import block_rows, operands, steps_of
from fer_keras.augment.sampling import COLUMNS, draw
from fer_keras.augment.stream import augmented_batches, delivered
from fer_keras.config.settings import Augment

SUPPORTED = (
    "rotation_range",
    "shear_range",
    "zoom_range",
    "width_shift_range",
    "height_shift_range",
    "brightness_range",
    "horizontal_flip",
    "fill_mode",
    "cval",
)
"""The legacy class's arguments that exist here; see `fer_keras.config.settings.Augment` for what each means."""


class ImageDataGenerator:
    """Random rotation, shear, zoom, shift, brightness and flip of training images.

    Args:
        **arguments: any of SUPPORTED, with the legacy class's defaults: fill_mode "nearest", all else off.

    Raises TypeError for another argument, and ValueError for a value outside its range.
    """

    def __init__(self, **arguments):
        unknown = sorted(set(arguments) - set(SUPPORTED))
        if unknown:
            raise TypeError(f"Expected arguments among {', '.join(SUPPORTED)}. Received: {', '.join(unknown)}")
        pairs = {name: tuple(value) for name, value in arguments.items() if isinstance(value, list)}
        self.augment = Augment(**(arguments | pairs))

    def flow(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        batch_size: int = 32,
        *,
        shuffle: bool = True,
        seed: int = 0,
        first_epoch: int = 0,
        epochs: int | None = None,
    ) -> tf.data.Dataset:
        """Return batches (images uint8 [B, H, W, C], labels [B, ...]); the last of an epoch holds what is left.

        Args:
            images: uint8 [N, H, W, C]. labels: [N, ...], passed through.
            shuffle: visit the rows in a new order each epoch; seed: of the order and of every change.
            first_epoch: the epoch that the first batch belongs to.
            epochs: how many follow; None never ends, like the legacy iterator, and `fit` then needs steps_per_epoch.

        Raises TypeError unless images are uint8, ValueError unless there is one label an image.
        """
        images, labels = np.asarray(images), np.asarray(labels)
        if images.dtype != np.uint8:
            raise TypeError(f"Expected uint8 images 0..255. Received: {images.dtype}")
        if len(images) != len(labels):
            raise ValueError(f"Expected {len(images)} labels, one an image. Received: {len(labels)}")
        (height, width), rows, size = images.shape[1:3], np.arange(len(images)), block_rows(batch_size)
        table = tf.constant(labels)
        numbers = itertools.count(first_epoch) if epochs is None else range(first_epoch, first_epoch + epochs)

        def blocks():
            for epoch in numbers:
                order = shuffled(seed, epoch, rows) if shuffle else rows
                for start in range(0, len(rows), size):
                    positions = order[start : start + size]
                    u = uniforms(derive(seed, "augment"), epoch, positions, 0, len(COLUMNS))
                    given = operands(draw(self.augment, u), height, width)
                    yield positions, given, np.empty((len(positions), 0), np.float32)

        def with_labels(batch, positions, _):
            return batch, tf.gather(table, positions)

        steps = steps_of([self.augment])
        dataset = augmented_batches(images, blocks, with_labels, steps, batch_size=batch_size)
        return delivered(dataset)
