import numpy as np
import pytest
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator

from fer_keras.augment.affine import affine_matrices
from fer_keras.augment.geometry import mirror, resample, squares
from fer_keras.augment.keyed import uniforms
from fer_keras.augment.sampling import COLUMNS, draw
from fer_keras.config.settings import Augment

PAPER_003 = Augment(
    rotation_range=35,
    shear_range=22.9,
    zoom_range=0.4,
    width_shift_range=0.25,
    height_shift_range=0.25,
    horizontal_flip=True,
    fill_mode="constant",
)
NEUTRAL = draw(Augment(), np.full((1, len(COLUMNS)), 0.25))


def neutral(**changes):
    return NEUTRAL._replace(**{name: np.array([value]) for name, value in changes.items()})


def noise(*shape):
    return np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)


def warped(images, parameters, fill_mode="constant", cval=0.0, pivot=None):
    matrices = affine_matrices(parameters, *images.shape[1:3], pivot)
    planes = resample(squares(tf.constant(images)), matrices, images.shape[1:], fill_mode, cval)
    return tf.transpose(planes, (0, 2, 3, 1)).numpy()


def legacy(images, parameters, fill_mode="constant", cval=0.0):
    """Keras's own class on the same parameters; its x is the column, although it draws tx from height_shift_range."""
    generator = ImageDataGenerator(fill_mode=fill_mode, cval=cval)
    height, width = images.shape[1:3]
    out = []
    for k, image in enumerate(images):
        transform = {
            "theta": parameters.rotation_deg[k],
            "shear": parameters.shear_deg[k],
            "zx": parameters.zoom_columns[k],
            "zy": parameters.zoom_rows[k],
            "tx": parameters.shift_columns_fraction[k] * width,
            "ty": parameters.shift_rows_fraction[k] * height,
            "flip_horizontal": bool(parameters.flip[k]),
        }
        out.append(generator.apply_transform(image.astype(np.float64), transform))
    return np.stack(out)


def legacy_pivot(images):
    """The point that Keras's class turns about: height and width changed places."""
    height, width = images.shape[1:3]
    return (width - 1) / 2, (height - 1) / 2


def on_the_edge(images, parameters):
    """True where a pixel is read from within 0.002 of the image's edge: float32 and float64 may judge it differently."""
    height, width = images.shape[1:3]
    matrices = affine_matrices(parameters, height, width, legacy_pivot(images)).astype(np.float64)
    a, b = matrices[:, :3, None, None], matrices[:, 3:6, None, None]
    rows, columns = np.mgrid[:height, :width]
    x, y = (line[:, 0] * columns + line[:, 1] * rows + line[:, 2] for line in (a, b))
    near = [np.abs(place - edge) < 2e-3 for place, size in ((x, width), (y, height)) for edge in (0, size - 1)]
    return np.any(near, axis=0)


def farthest(images, parameters, fill_mode, cval=0.0):
    """The largest difference in grey levels between ours and Keras's, pixels read on the very edge left out."""
    ours = warped(images, parameters, fill_mode, cval, legacy_pivot(images))
    apart = np.abs(ours - legacy(images, parameters, fill_mode, cval)).max(axis=-1)
    return apart[~on_the_edge(images, parameters)].max()


@pytest.mark.parametrize("shape", [(1, 48, 48, 1), (1, 40, 57, 3)])
@pytest.mark.parametrize(
    "change",
    [
        {"rotation_deg": 27.0},
        {"rotation_deg": -35.0},
        {"shear_deg": 22.9},
        {"zoom_rows": 1.4},
        {"zoom_columns": 0.6},
        {"shift_rows_fraction": 0.21},
        {"shift_columns_fraction": -0.13},
        {"flip": True},
    ],
)
def test_each_change_alone_gives_the_legacy_image(shape, change):
    images, parameters = noise(*shape), neutral(**change)

    assert farthest(images, parameters, "constant") < 0.01
    assert np.mean(warped(images, parameters) != images) > 0.5


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect", "wrap"])
@pytest.mark.parametrize("shape", [(24, 48, 48, 1), (24, 40, 57, 3)])
def test_all_changes_together_give_the_legacy_image(shape, fill_mode):
    images, parameters = noise(*shape), draw(PAPER_003, uniforms(1, 0, np.arange(shape[0]), 0, len(COLUMNS)))

    assert farthest(images, parameters, fill_mode, cval=77.0) < 0.01
    assert on_the_edge(images, parameters).mean() < 1e-3


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
def test_where_the_edge_does_not_jump_no_pixel_is_left_out(fill_mode):
    images, parameters = noise(24, 48, 48, 1), draw(PAPER_003, uniforms(2, 0, np.arange(24), 0, len(COLUMNS)))

    assert np.abs(warped(images, parameters, fill_mode) - legacy(images, parameters, fill_mode)).max() < 0.01


def test_matrices_by_hand():
    shifted = affine_matrices(neutral(shift_columns_fraction=0.25, shift_rows_fraction=0.5), 8, 12)
    flipped = affine_matrices(neutral(flip=True), 8, 12)
    zoomed = affine_matrices(neutral(zoom_columns=2.0), 8, 12)
    turned = affine_matrices(neutral(rotation_deg=90.0), 9, 9)

    assert shifted.dtype == np.float32
    np.testing.assert_allclose(shifted[0], [1, 0, 3, 0, 1, 4, 0, 0], atol=1e-6)
    np.testing.assert_allclose(flipped[0], [-1, 0, 11, 0, 1, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(zoomed[0], [2, 0, -5.5, 0, 1, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(turned[0], [0, -1, 8, 1, 0, 0, 0, 0], atol=1e-6)


def test_half_a_turn_is_about_the_middle_of_an_oblong_image():
    images = noise(1, 6, 11, 1)

    np.testing.assert_allclose(warped(images, neutral(rotation_deg=180.0)), images[:, ::-1, ::-1], atol=0.01)


def test_matrices_have_the_form_of_the_image_projective_transform_op():
    images, parameters = noise(16, 40, 57, 1), draw(PAPER_003, uniforms(3, 0, np.arange(16), 0, len(COLUMNS)))
    theirs = tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.constant(images, tf.float32),
        transforms=affine_matrices(parameters, 40, 57),
        output_shape=[40, 57],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )

    assert np.abs(warped(images, parameters, "nearest") - theirs.numpy()).max() < 0.02


def test_mirror_swaps_columns_of_the_chosen_images():
    images = noise(2, 3, 4, 1)
    out = mirror(tf.constant(images), tf.constant([False, True])).numpy()

    assert np.array_equal(out[0], images[0])
    assert np.array_equal(out[1], images[1, :, ::-1])


def test_a_square_holds_a_pixel_and_its_neighbours_to_the_right_and_below():
    images = noise(2, 5, 4, 3)
    found = squares(tf.constant(images)).numpy().view(np.uint8).reshape(2, 3, -1, 4)
    for row, column in np.ndindex(4, 3):
        wanted = images[:, row : row + 2, column : column + 2].transpose(0, 3, 1, 2).reshape(2, 3, 4)
        assert np.array_equal(found[:, :, row * 4 + column], wanted)
