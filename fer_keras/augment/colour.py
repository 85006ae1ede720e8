"""Brightness and contrast of a batch, on pixel values 0..255."""

import tensorflow as tf

from fer_keras.augment.operands import LUMA


def brighten(images: tf.Tensor, factors: tf.Tensor) -> tf.Tensor:
    """Multiply each image of float32 [B, H, W, C] by its factor [B] and clip to 0..255.

    That is ImageDataGenerator's and torchvision's meaning; keras.layers.RandomBrightness adds instead.
    """
    return tf.clip_by_value(images * factors[:, None, None, None], 0.0, 255.0)


def stretch_contrast(images: tf.Tensor, factors: tf.Tensor) -> tf.Tensor:
    """Scale each image of float32 [B, H, W, 1 or 3] by its factor [B] about its mean grey value; clip to 0..255.

    Factor 0 gives a plain grey image, 1 the image itself (torchvision's adjust_contrast). The mean is taken over greys
    rounded to whole levels, as Pillow's is: a sum of whole numbers comes out the same in any order of adding.
    """
    grey = images if images.shape[-1] == 1 else tf.tensordot(images, tf.constant(LUMA), 1)[..., None]
    levels = tf.cast(tf.round(grey), tf.int32)
    total = tf.cast(tf.reduce_sum(levels, axis=(1, 2, 3), keepdims=True), tf.float32)
    mean = total / (grey.shape[1] * grey.shape[2])
    return tf.clip_by_value(mean + (images - mean) * factors[:, None, None, None], 0.0, 255.0)
