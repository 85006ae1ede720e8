import numpy as np
import pytest

from fer_keras.io.pictures import rgb_picture


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
def test_grey_is_three_times_the_same_and_colour_what_it_was(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    picture = rgb_picture(pixels)
    assert (picture.mode, picture.size) == ("RGB", (7, 5))
    np.testing.assert_array_equal(np.asarray(picture), np.broadcast_to(pixels.reshape(5, 7, -1), (5, 7, 3)))
