import numpy as np
import pytest

from fer_keras.augment.keyed import uniforms
from fer_keras.augment.sampling import COLUMNS, choose, draw
from fer_keras.config.settings import Augment

EVERYTHING = Augment(
    rotation_range=35,
    shear_range=22.9,
    zoom_range=(0.8, 1.4),
    width_shift_range=0.25,
    height_shift_range=0.1,
    brightness_range=(0.5, 1.5),
    contrast_range=(0.7, 1.1),
    horizontal_flip=True,
    erase_probability=0.15,
)


def constant(value):
    return np.full((1, len(COLUMNS)), value)


def test_the_columns_are_in_their_recorded_order():
    assert COLUMNS == (
        "rotation",
        "shift_rows",
        "shift_columns",
        "shear",
        "zoom_rows",
        "zoom_columns",
        "flip",
        "brightness",
        "contrast",
        "erase",
        "erase_area",
        "erase_aspect",
        "erase_top",
        "erase_left",
    )


@pytest.mark.parametrize(
    ("u", "expected"),
    [
        (0.0, (-35, -22.9, 0.8, 0.8, -0.1, -0.25, True, 0.5, 0.7, True, 0.02, 0.3, 0, 0)),
        (0.5, (0, 0, 1.1, 1.1, 0, 0, False, 1, 0.9, False, 0.175, np.sqrt(0.3 * 3.3), 0.5, 0.5)),
        (1.0, (35, 22.9, 1.4, 1.4, 0.1, 0.25, False, 1.5, 1.1, False, 0.33, 3.3, 1, 1)),
    ],
)
def test_ends_and_middle_of_every_range(u, expected):
    drawn = draw(EVERYTHING, constant(u))

    np.testing.assert_allclose([field[0] for field in drawn], expected, atol=1e-12)


def test_each_field_reads_its_own_column():
    base = draw(EVERYTHING, constant(0.9))
    changed_by = {}
    for k, column in enumerate(COLUMNS):
        u = constant(0.9)
        u[0, k] = 0.05
        changed_by[column] = [
            name for name in base._fields if getattr(draw(EVERYTHING, u), name) != getattr(base, name)
        ]

    assert changed_by == {
        "rotation": ["rotation_deg"],
        "shift_rows": ["shift_rows_fraction"],
        "shift_columns": ["shift_columns_fraction"],
        "shear": ["shear_deg"],
        "zoom_rows": ["zoom_rows"],
        "zoom_columns": ["zoom_columns"],
        "flip": ["flip"],
        "brightness": ["brightness"],
        "contrast": ["contrast"],
        "erase": ["erase"],
        "erase_area": ["erase_area"],
        "erase_aspect": ["erase_aspect"],
        "erase_top": ["erase_top"],
        "erase_left": ["erase_left"],
    }


def test_a_single_zoom_number_spans_both_sides_of_one():
    low, high = (draw(Augment(zoom_range=0.4), constant(u)).zoom_rows[0] for u in (0.0, 1.0))

    assert (low, high) == pytest.approx((0.6, 1.4))


def test_nothing_asked_for_changes_nothing():
    drawn = draw(Augment(), uniforms(0, 0, np.arange(50), 0, len(COLUMNS)))

    for name in ("rotation_deg", "shear_deg", "shift_rows_fraction", "shift_columns_fraction", "flip", "erase"):
        assert not getattr(drawn, name).any()
    for name in ("zoom_rows", "zoom_columns", "brightness", "contrast"):
        assert (getattr(drawn, name) == 1).all()


def test_flips_and_erasures_come_as_often_as_asked():
    drawn = draw(EVERYTHING, uniforms(1, 0, np.arange(20_000), 0, len(COLUMNS)))

    assert drawn.flip.mean() == pytest.approx(0.5, abs=0.02)
    assert drawn.erase.mean() == pytest.approx(0.15, abs=0.015)


def test_choose_takes_image_by_image():
    u = uniforms(1, 0, np.arange(3), 0, len(COLUMNS))
    some = choose(np.array([True, False, True]), draw(EVERYTHING, u), draw(Augment(), u))

    assert (some.rotation_deg != 0).tolist() == [True, False, True]


def test_uniform_numbers_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"Expected uniform numbers \[B, 14\]. Received: \(1, 3\)"):
        draw(EVERYTHING, np.zeros((1, 3)))
