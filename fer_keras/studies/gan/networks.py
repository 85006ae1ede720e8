"""Generator and discriminator for 48x48 grey faces, with values in -1..1.

Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional GANs" (2016): strided
convolutions, batch norm in the generator, ReLU there and leaky ReLU here. Two departures for few images: the
discriminator has spectral norm (Miyato et al., 2018) in place of batch norm, and kernels are 4 wide, a multiple of the
stride, against the checkerboard (Odena, Dumoulin and Olah, 2016).
"""

import keras
from keras import layers

SIDE, START, LATENT, WIDTH = 48, 6, 64, 16
"""Side of a face and of the first feature map in pixels, latent dimensions, filters of the widest feature map."""


def generator(latent: int = LATENT, width: int = WIDTH) -> keras.Model:
    """Return the model from normal noise (B, latent) to faces (B, 48, 48, 1) in -1..1."""
    noise = keras.Input((latent,), name="noise")
    x = layers.Dense(START * START * 8 * width, use_bias=False, kernel_initializer=_initial(), name="project")(noise)
    x = layers.Reshape((START, START, 8 * width), name="square")(x)
    x = _activated(x, "project")
    for number, filters in enumerate((4 * width, 2 * width, width), start=1):
        x = _upsample(filters, use_bias=False, name=f"up{number}")(x)
        x = _activated(x, f"up{number}")
    faces = layers.Conv2D(1, 3, padding="same", activation="tanh", kernel_initializer=_initial(), name="faces")(x)
    return keras.Model(noise, faces, name="generator")


def discriminator(width: int = WIDTH) -> keras.Model:
    """Return the model from faces (B, 48, 48, 1) in -1..1 to a score (B, 1): positive for real, negative for made."""
    faces = keras.Input((SIDE, SIDE, 1), name="faces")
    x = faces
    for number, filters in enumerate((2 * width, 4 * width, 8 * width), start=1):
        normed = number > 1
        x = layers.Conv2D(
            filters,
            4,
            strides=2,
            padding="same",
            use_bias=not normed,
            kernel_initializer=_initial(),
            name=f"down{number}",
        )(x)
        if normed:
            x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"down{number}_norm")(x)
        x = layers.LeakyReLU(0.2, name=f"down{number}_relu")(x)
    x = layers.Flatten(name="flat")(x)
    score = layers.Dense(1, kernel_initializer=_initial(), name="score")(x)
    return keras.Model(faces, score, name="discriminator")


def _upsample(filters, **kwargs):
    return layers.Conv2DTranspose(filters, 4, strides=2, padding="same", kernel_initializer=_initial(), **kwargs)


def _activated(x, name):
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def _initial():
    return keras.initializers.RandomNormal(stddev=0.02)
