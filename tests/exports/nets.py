"""A small network that sees mouths, in a file with its contract."""

import keras
import numpy as np

from fer_keras.layers.normalise import Normalise
from fer_keras.layers.resize import Resize
from fer_keras.models import saved
from fer_keras.models.contract import Contract

CLASSES = ("sad", "happy", "neutral")
SIDE = 12


def network(channels=1):
    """Return a network of the suite's layers with sharp answers that depend on the place of the light."""
    keras.utils.set_random_seed(3)
    face = keras.Input((SIDE, SIDE, channels), dtype="uint8", name="face")
    x = keras.layers.Rescaling(1.0)(face)
    x = Resize(20, "bicubic")(x)
    x = Normalise((127.5,) * channels, (60.0,) * channels)(x)
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(len(CLASSES), kernel_initializer=keras.initializers.RandomNormal(stddev=2.0))(x)
    return keras.Model(face, keras.layers.Activation("softmax", dtype="float32")(x))


def file_of(folder, channels=1, crop=None):
    """Write the network to folder/model.keras and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    saved.save(network(channels), folder / "model.keras", Contract(CLASSES, "fer2013", SIDE, channels, crop))
    return folder / "model.keras"


def faces(n, channels=1):
    """Return n faces of noise."""
    return np.random.default_rng(0).integers(0, 256, (n, SIDE, SIDE, channels), dtype=np.uint8)
