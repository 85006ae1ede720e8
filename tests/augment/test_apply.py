import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator

from fer_keras.augment import apply
from fer_keras.augment.apply import augment_batch
from fer_keras.augment.keyed import uniforms
from fer_keras.augment.operands import operands, steps_of
from fer_keras.augment.sampling import COLUMNS, draw
from fer_keras.config.settings import Augment
from tests.augment.settings import EVERYTHING
from tests.programs import Program


def noise(*shape):
    return np.random.default_rng(8).integers(0, 256, shape, dtype=np.uint8)


def drawn(augment, images, seed=1):
    parameters = draw(augment, uniforms(seed, 0, np.arange(len(images)), 0, len(COLUMNS)))
    return operands(parameters, *images.shape[1:3]), steps_of([augment])


def applied(augment, images, seed=1):
    return augment_batch(tf.constant(images), *drawn(augment, images, seed)).numpy()


@pytest.mark.parametrize("shape", [(6, 48, 48, 1), (6, 20, 31, 3)])
def test_eagerly_and_inside_tf_data_every_pixel_is_the_same(shape):
    images = noise(*shape)
    given, steps = drawn(EVERYTHING, images)
    dataset = tf.data.Dataset.from_tensor_slices((images, given)).batch(len(images))
    mapped = next(iter(dataset.map(lambda batch, numbers: augment_batch(batch, numbers, steps))))

    assert mapped.dtype == tf.uint8
    assert mapped.shape == shape
    assert np.array_equal(mapped, applied(EVERYTHING, images))
    assert np.mean(mapped.numpy() != images) > 0.9


def test_an_image_does_not_depend_on_its_batch():
    images = noise(19, 48, 48, 1)
    given, steps = drawn(EVERYTHING, images)
    whole = augment_batch(tf.constant(images), given, steps).numpy()

    for part in (slice(0, 1), slice(2, 9), slice(16, 19)):
        some = augment_batch(tf.constant(images[part]), given[part], steps)
        assert np.array_equal(some, whole[part])


def test_without_xla_the_images_are_the_same_up_to_rounding(monkeypatch):
    images = noise(8, 48, 48, 1)
    compiled = applied(EVERYTHING, images)
    monkeypatch.setattr(apply, "compiles", lambda: False)
    plain = applied(EVERYTHING, images).astype(int)

    assert np.abs(plain - compiled).max() <= 1
    assert np.mean(plain != compiled) < 1e-3


def test_paper_003s_setting_gives_the_legacy_image():
    """The legacy class truncates to whole grey levels before it brightens and again after: up to 1 + factor below ours."""
    augment = dataclasses.replace(EVERYTHING, contrast_range=None, erase_probability=0.0)
    images = noise(16, 48, 48, 1)
    parameters = draw(augment, uniforms(1, 0, np.arange(16), 0, len(COLUMNS)))
    ours = augment_batch(tf.constant(images), operands(parameters, 48, 48), steps_of([augment])).numpy()
    generator = ImageDataGenerator(fill_mode="constant", cval=30.0)

    for k, image in enumerate(images):
        transform = {
            "theta": parameters.rotation_deg[k],
            "shear": parameters.shear_deg[k],
            "zx": parameters.zoom_columns[k],
            "zy": parameters.zoom_rows[k],
            "tx": parameters.shift_columns_fraction[k] * 48,
            "ty": parameters.shift_rows_fraction[k] * 48,
            "flip_horizontal": bool(parameters.flip[k]),
            "brightness": parameters.brightness[k],
        }
        above = ours[k].astype(float) - generator.apply_transform(image.astype("float32"), transform)
        fits = (above >= -0.51) & (above <= 1.51 + parameters.brightness[k])
        assert fits.mean() > 0.999


def test_geometry_rounds_and_does_not_truncate():
    images = np.array([[[10, 11, 20], [10, 11, 20]]], np.uint8)[..., None]
    shift = Augment(width_shift_range=0.25)
    parameters = draw(shift, np.full((1, len(COLUMNS)), 0.5))._replace(shift_columns_fraction=np.array([0.7 / 3]))
    out = augment_batch(tf.constant(images), operands(parameters, 2, 3), steps_of([shift])).numpy()

    assert out[0, 0].ravel().tolist() == [11, 17, 20]


def test_erasing_comes_last():
    augment = Augment(brightness_range=(0.0, 0.0), erase_probability=1.0, erase_value=99.0)

    assert set(np.unique(applied(augment, noise(4, 16, 16, 1)))) == {0, 99}


def test_flipping_alone_is_exact_and_needs_no_resampling():
    images = noise(9, 7, 5, 3)
    given, steps = drawn(Augment(horizontal_flip=True), images)
    out = augment_batch(tf.constant(images), given, steps).numpy()

    assert (steps.affine, steps.mirror) == (False, True)
    flips = given[:, apply.FLIP]
    assert 0 < flips.sum() < 9
    for image, flipped, changed in zip(images, flips, out, strict=True):
        assert np.array_equal(changed, image[:, ::-1] if flipped else image)


def test_nothing_asked_for_returns_the_images_themselves():
    images = tf.constant(noise(3, 5, 5, 1))

    assert augment_batch(images, *drawn(Augment(), images.numpy())) is images


@pytest.mark.parametrize(
    ("change", "used"),
    [
        ({}, set()),
        ({"rotation_range": 1}, {"affine"}),
        ({"zoom_range": (1.0, 1.1)}, {"affine"}),
        ({"zoom_range": 0}, set()),
        ({"horizontal_flip": True}, {"mirror"}),
        ({"horizontal_flip": True, "shear_range": 3}, {"affine"}),
        ({"brightness_range": (0.5, 1.5)}, {"brightness"}),
        ({"contrast_range": (0.5, 1.5)}, {"contrast"}),
        ({"erase_probability": 0.1}, {"erase"}),
    ],
)
def test_only_what_is_asked_for_is_computed(change, used):
    steps = steps_of([Augment(**change)])

    assert {name for name in ("affine", "mirror", "brightness", "contrast", "erase") if getattr(steps, name)} == used


def test_settings_of_one_batch_are_united_and_must_agree_on_the_fill():
    steps = steps_of([Augment(rotation_range=3), Augment(brightness_range=(0.9, 1.1))])

    assert steps.affine
    assert steps.brightness
    with pytest.raises(ValueError, match=r"one fill_mode in all settings .* Received: \['constant', 'nearest'\]"):
        steps_of([Augment(), Augment(fill_mode="constant")])


def test_images_of_another_type_are_refused():
    images = noise(2, 4, 4, 1)

    with pytest.raises(TypeError, match="Expected uint8 images 0..255. Received: float32"):
        augment_batch(tf.constant(images, tf.float32), *drawn(Augment(), images))


@pytest.mark.parametrize("given", [None, "--xla_hlo_profile=false"])
def test_xla_cuts_no_loop_among_threads_and_its_flags_are_the_users_again(given, tmp_path):
    """In a process of its own, for XLA reads its flags once."""
    program = """
import os, tensorflow as tf
from fer_keras.augment import apply, geometry
apply.compiles()
images = tf.zeros((64, 48, 48, 1), tf.uint8)
compiled = tf.function(geometry.squares, jit_compile=True).experimental_get_compiler_ir(images)(stage="optimized_hlo")
print(os.environ.get("XLA_FLAGS"), "fusion" in compiled, "outer_dimension_partitions" in compiled)
"""
    status, printed, said = Program(tmp_path, "-c", code=program, XLA_FLAGS=given, TF_NUM_INTRAOP_THREADS="2").ended()
    assert status == 0, said
    assert printed.split() == [str(given), "True", "False"]
