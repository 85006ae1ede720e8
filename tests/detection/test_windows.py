import numpy as np

from fer_keras.detection.windows import starts, windows


def test_windows_begin_at_both_ends_and_overlap_by_half_at_least():
    assert starts(100, 128) == starts(128, 128) == [0]
    assert starts(192, 128) == [0, 64]
    assert starts(200, 128) == [0, 36, 72]


def test_levels_show_the_image_with_a_border_then_filling_the_window_then_twice_as_fine():
    found = list(windows(np.zeros((256, 512, 3), np.uint8), 128, 3))
    scales = [round(window.scale[0], 2) for window in found]
    assert scales == [6.02, 4.0, 2.0, 2.0, 2.0]
    assert [(window.left, window.top) for window in found] == [(-21, -42), (0, -32), (0, 0), (64, 0), (128, 0)]
    assert found[2].inner == (False, False, True, False)
    assert found[3].inner == (True, False, True, False)
    assert all(window.pixels.shape == (128, 128, 3) for window in found)


def test_a_small_image_is_not_enlarged_more_than_twice_but_for_the_first_level():
    assert len(list(windows(np.zeros((48, 48, 3), np.uint8), 128, 4))) == 1
    assert len(list(windows(np.zeros((64, 64, 3), np.uint8), 128, 4))) == 2


def test_edges_are_continued():
    image = np.zeros((48, 48, 3), np.uint8)
    image[:, 24:] = 200
    (window,) = windows(image, 128, 1)
    assert (window.pixels[:, -1] == 200).all()
    assert (window.pixels[:, 0] == 0).all()
