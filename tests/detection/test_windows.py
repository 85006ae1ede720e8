import pytest

from fer_keras.detection.windows import windows


@pytest.mark.parametrize(
    ("face", "window"),
    [
        ((200, 100, 30, 30), (144, 48, 128, 128)),  # its middle, 215 and 115, less 64, to the next multiple of 16
        ((200, 100, 30, 64), (144, 64, 128, 128)),
        ((200, 100, 65, 30), (112, 0, 256, 256)),
        ((-10, 370, 30, 30), (0, 256, 128, 128)),
        ((490, -10, 40, 40), (384, 0, 128, 128)),
    ],
)
def test_a_window_is_about_the_face_in_whole_cells_inside_the_level(face, window):
    assert windows([face], 384, 512, 128) == [(window, face)]


def test_a_window_is_no_larger_than_the_level():
    assert windows([(100, 50, 70, 70)], 192, 512, 128) == [((0, 0, 256, 192), (100, 50, 70, 70))]
    assert windows([(100, 50, 70, 70)], 192, 256, 128) == [((0, 0, 256, 192), None)]


def test_each_face_has_its_window_until_the_whole_level_is_less_to_look_at():
    """Three of 128x128 in 192x256 are exactly as many pixels as the level has."""
    faces = [(50, 50, 30, 30), (90, 50, 30, 30), (120, 50, 30, 30)]
    assert [face for _, face in windows(faces[:2], 192, 256, 128)] == faces[:2]
    assert windows(faces, 192, 256, 128) == [((0, 0, 256, 192), None)]


def test_without_a_face_there_is_no_window():
    assert windows([], 384, 512, 128) == []
