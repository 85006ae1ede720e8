import numpy as np
import pytest
import tensorflow as tf

from fer_keras.augment.boxes import erase_boxes
from fer_keras.augment.erasing import erase
from fer_keras.augment.keyed import uniforms
from fer_keras.augment.sampling import COLUMNS, draw
from fer_keras.config.settings import Augment

NEUTRAL = draw(Augment(), np.full((1, len(COLUMNS)), 0.25))


def box(height, width, **changes):
    fields = {name: np.array([value]) for name, value in changes.items()}
    return erase_boxes(NEUTRAL._replace(erase=np.array([True]), **fields), height, width)[0].tolist()


def test_boxes_by_hand():
    """A tenth of 40 x 90 is 360 pixels; three times as wide as high would be 10.95 x 32.86, rounded 11 x 33."""
    shape = {"erase_area": 0.1, "erase_aspect": 1 / 3}

    assert box(40, 90, **shape, erase_top=0.0, erase_left=0.0) == [0, 11, 0, 33]
    assert box(40, 90, **shape, erase_top=0.999, erase_left=0.999) == [29, 40, 57, 90]
    assert box(40, 90, **shape, erase_top=0.5, erase_left=0.5) == [15, 26, 29, 62]


def test_a_box_that_would_stick_out_is_cut_to_the_image():
    assert box(20, 20, erase_area=0.33, erase_aspect=3.3, erase_top=0.7, erase_left=0.0) == [0, 20, 0, 6]


def test_areas_and_frequency_over_many_images():
    parameters = draw(Augment(erase_probability=0.3), uniforms(0, 0, np.arange(5000), 0, len(COLUMNS)))
    boxes = erase_boxes(parameters, 48, 48)
    share = (boxes[:, 1] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 2]) / 48**2
    chosen = share[parameters.erase]

    assert boxes.dtype == np.int32
    assert (boxes[~parameters.erase] == 0).all()
    assert boxes.min() >= 0
    assert boxes.max() <= 48
    assert parameters.erase.mean() == pytest.approx(0.3, abs=0.02)
    assert chosen.mean() == pytest.approx((0.02 + 0.33) / 2, abs=0.01)
    assert chosen.min() > 0.01
    assert chosen.max() < 0.36


def test_only_the_box_is_written():
    images = np.full((3, 4, 5, 3), 7, np.uint8)
    boxes = np.array([[1, 3, 2, 5], [0, 0, 0, 0], [0, 4, 0, 1]], np.int32)
    wanted = images.copy()
    wanted[0, 1:3, 2:5] = 200
    wanted[2, :, :1] = 200

    out = erase(tf.constant(images), tf.constant(boxes), 200).numpy()

    assert out.dtype == np.uint8
    assert np.array_equal(out, wanted)
