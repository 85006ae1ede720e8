"""An augmentation that uses every operation."""

from fer_keras.config.settings import Augment

EVERYTHING = Augment(
    rotation_range=35,
    shear_range=22.9,
    zoom_range=0.4,
    width_shift_range=0.25,
    height_shift_range=0.25,
    brightness_range=(0.5, 1.5),
    contrast_range=(0.6, 1.4),
    horizontal_flip=True,
    fill_mode="constant",
    cval=30.0,
    erase_probability=0.5,
    erase_value=99.0,
)
