"""JAX's augmentation is TensorFlow's: the plan is one, and so are the pixels, up to a level where a sum rounds otherwise."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.augment import apply, jax_operations
from fer_keras.augment.keyed import uniforms
from fer_keras.augment.operands import operands, steps_of
from fer_keras.augment.sampling import COLUMNS, draw
from fer_keras.config.settings import Augment
from tests.augment.settings import EVERYTHING


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect", "wrap"])
def test_both_change_an_image_alike(fill_mode, channels):
    images = np.random.default_rng(8).integers(0, 256, (40, 48, 31, channels), dtype=np.uint8)
    given, steps = _drawn(dataclasses.replace(EVERYTHING, fill_mode=fill_mode), images)

    theirs = apply.augment_batch(tf.constant(images), given, steps).numpy().astype(int)
    ours = np.asarray(jax_operations.augment_batch(jnp.asarray(images), given, steps)).astype(int)

    assert np.abs(ours - theirs).max() <= 1
    assert np.mean(ours != theirs) < 1e-3


def test_a_flip_alone_mirrors_exactly_the_same_images():
    images = np.random.default_rng(8).integers(0, 256, (40, 9, 12, 1), dtype=np.uint8)
    given, steps = _drawn(Augment(horizontal_flip=True), images)

    theirs = apply.augment_batch(tf.constant(images), given, steps).numpy()
    ours = np.asarray(jax_operations.augment_batch(jnp.asarray(images), given, steps))

    assert np.array_equal(ours, theirs)
    assert 0 < np.sum(np.any(ours != images, axis=(1, 2, 3))) < 40


def _drawn(augment, images):
    parameters = draw(augment, uniforms(1, 0, np.arange(len(images)), 0, len(COLUMNS)))
    return operands(parameters, *images.shape[1:3]), steps_of([augment])
