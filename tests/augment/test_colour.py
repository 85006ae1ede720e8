import numpy as np
import tensorflow as tf
from PIL import Image, ImageEnhance

from fer_keras.augment.colour import brighten, stretch_contrast


def noise(*shape):
    return np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)


def test_brightness_multiplies_and_clips():
    pixels = tf.constant([[[[100.0], [200.0]]], [[[100.0], [200.0]]]])

    assert brighten(pixels, tf.constant([1.5, 0.5])).numpy().ravel().tolist() == [150, 255, 50, 100]


def test_brightness_is_pillows_within_its_rounding():
    images = noise(3, 7, 9, 1)
    factors = np.array([0.5, 1.0, 1.37], np.float32)
    ours = brighten(tf.constant(images, tf.float32), factors).numpy()

    for image, factor, mine in zip(images, factors, ours, strict=True):
        theirs = np.asarray(ImageEnhance.Brightness(Image.fromarray(image[..., 0])).enhance(float(factor)))
        assert np.abs(mine[..., 0] - theirs).max() <= 1


def test_contrast_by_hand():
    pixels = tf.constant([[[[50.0], [150.0]]]])

    assert stretch_contrast(pixels, tf.constant([0.5])).numpy().ravel().tolist() == [75, 125]
    assert stretch_contrast(pixels, tf.constant([0.0])).numpy().ravel().tolist() == [100, 100]
    assert stretch_contrast(pixels, tf.constant([2.5])).numpy().ravel().tolist() == [0, 225]


def test_contrast_is_pillows_within_its_rounding_in_grey_and_in_colour():
    """Pillow, and torchvision on Pillow images, round the mean: half a level times |1 - factor|, and one for the result."""
    for channels in (1, 3):
        images = noise(3, 7, 9, channels)
        factors = np.array([0.5, 1.0, 1.6], np.float32)
        ours = stretch_contrast(tf.constant(images, tf.float32), factors).numpy()

        for image, factor, mine in zip(images, factors, ours, strict=True):
            picture = Image.fromarray(image if channels == 3 else image[..., 0])
            theirs = np.asarray(ImageEnhance.Contrast(picture).enhance(float(factor))).reshape(image.shape)
            assert np.abs(mine - theirs).max() <= 1 + 0.6 * abs(1 - factor)


def test_each_image_has_its_own_mean():
    dark, bright = np.full((4, 4, 1), 10.0), np.full((4, 4, 1), 200.0)
    out = stretch_contrast(tf.constant(np.stack((dark, bright)), tf.float32), tf.constant([0.2, 3.0]))

    np.testing.assert_allclose(out.numpy(), np.stack((dark, bright)), atol=1e-3)
