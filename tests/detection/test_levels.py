import numpy as np
import pytest
from PIL import Image

from fer_keras.detection import levels as module


def levels(pixels, side, count):
    return module.levels(Image.fromarray(pixels), side, count)


def test_levels_show_the_image_with_a_border_then_without_then_twice_as_fine():
    found = levels(np.zeros((256, 512, 3), np.uint8), 128, 4)
    assert [round(level.scale[0], 2) for level in found] == [6.02, 4.0, 2.0, 1.0]
    assert [level.pixels.shape for level in found] == [(128, 128, 3), (128, 128, 3), (128, 256, 3), (256, 512, 3)]
    assert [(level.left, level.top) for level in found] == [(21, 42), (0, 32), (0, 0), (0, 0)]


def test_sides_are_whole_multiples_of_64_the_image_in_the_middle():
    *_, finest = levels(np.zeros((720, 1280, 3), np.uint8), 128, 4)
    assert (finest.pixels.shape, finest.left, finest.top) == ((320, 512, 3), 0, 16)
    assert finest.scale == (2.5, 2.5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 3)])
def test_no_shape_is_too_elongated(shape):
    for level in levels(np.zeros((*shape, 3), np.uint8), 128, 4):
        assert all(side >= 128 and side % 64 == 0 for side in level.pixels.shape[:2])


def test_a_small_image_is_not_enlarged_more_than_twice_but_for_the_first_level():
    assert len(levels(np.zeros((48, 48, 3), np.uint8), 128, 4)) == 1
    assert len(levels(np.zeros((64, 64, 3), np.uint8), 128, 4)) == 2


def test_edges_are_continued():
    image = np.zeros((48, 48, 3), np.uint8)
    image[:, 24:] = 200
    (level,) = levels(image, 128, 1)
    assert (level.pixels[:, -1] == 200).all()
    assert (level.pixels[:, 0] == 0).all()


def test_the_finest_level_is_reduced_first_and_the_others_are_made_of_the_next_finer_one():
    image = np.random.default_rng(0).integers(0, 256, (1200, 1600, 3), dtype=np.uint8)
    *_, coarse, fine = levels(image, 128, 4)
    wanted = Image.fromarray(image).resize((512, 384), Image.Resampling.BILINEAR, reducing_gap=1.0)
    assert (fine.pixels == np.asarray(wanted)).all()
    assert (coarse.pixels == np.asarray(wanted.resize((256, 192), Image.Resampling.BILINEAR))).all()
