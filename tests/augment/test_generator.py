import itertools

import numpy as np
import pytest
from tensorflow.keras.preprocessing.image import ImageDataGenerator as Legacy

from fer_keras.augment.generator import SUPPORTED, ImageDataGenerator

SETTING = {
    "rotation_range": 20,
    "shear_range": 10,
    "zoom_range": 0.2,
    "width_shift_range": 0.1,
    "height_shift_range": 0.2,
    "brightness_range": [0.8, 1.2],
    "horizontal_flip": True,
    "fill_mode": "constant",
    "cval": 7,
}
IMAGES = np.random.default_rng(0).integers(0, 256, (11, 12, 14, 1), dtype=np.uint8)
LABELS = np.arange(100, 111)


def collect(flow):
    return [(images.numpy(), labels.numpy()) for images, labels in flow]


def test_it_takes_the_legacy_arguments_with_the_legacy_defaults():
    assert set(SETTING) == set(SUPPORTED)
    assert vars(Legacy(**SETTING)).keys() >= set(SUPPORTED)

    ours, theirs = ImageDataGenerator().augment, Legacy()
    for name in SUPPORTED:
        if name != "zoom_range":
            assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.zoom_range == 0
    assert theirs.zoom_range == [1, 1]


@pytest.mark.parametrize("name", ["rescale", "vertical_flip", "rotation"])
def test_another_argument_is_refused_and_the_known_ones_named(name):
    with pytest.raises(TypeError, match=rf"arguments among rotation_range, .*, cval. Received: {name}"):
        ImageDataGenerator(rotation_range=3, **{name: 1})


@pytest.mark.parametrize(
    "wrong",
    [{"fill_mode": "mirror"}, {"width_shift_range": 3}, {"zoom_range": 1.2}, {"brightness_range": (1.5, 0.5)}],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="Expected .* Received: "):
        ImageDataGenerator(**wrong)


def test_an_epoch_holds_every_row_once_and_keeps_the_remainder():
    batches = collect(ImageDataGenerator(**SETTING).flow(IMAGES, LABELS, batch_size=4, seed=3, epochs=2))

    assert [len(labels) for _, labels in batches] == [4, 4, 3, 4, 4, 3]
    assert all(images.dtype == np.uint8 for images, _ in batches)
    for epoch in (batches[:3], batches[3:]):
        assert sorted(np.concatenate([labels for _, labels in epoch])) == LABELS.tolist()
    assert batches[0][1].tolist() != batches[3][1].tolist()


def test_without_a_change_each_label_comes_with_its_image():
    for images, labels in collect(ImageDataGenerator().flow(IMAGES, LABELS, batch_size=4, epochs=1)):
        assert np.array_equal(images, IMAGES[labels - 100])


def test_in_order_when_not_shuffled_and_changed_anew_in_each_epoch():
    generator = ImageDataGenerator(**SETTING)
    first, second = collect(generator.flow(IMAGES, LABELS, batch_size=11, shuffle=False, epochs=2))

    assert first[1].tolist() == second[1].tolist() == LABELS.tolist()
    assert not np.array_equal(first[0], second[0])


def test_the_seed_decides_and_an_epoch_can_be_had_alone():
    generator = ImageDataGenerator(**SETTING)
    whole = collect(generator.flow(IMAGES, LABELS, batch_size=4, seed=3, epochs=2))
    second = collect(generator.flow(IMAGES, LABELS, batch_size=4, seed=3, first_epoch=1, epochs=1))
    other = collect(generator.flow(IMAGES, LABELS, batch_size=4, seed=4, epochs=1))

    for (a, a_labels), (b, b_labels) in zip(whole[3:], second, strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(a_labels, b_labels)
    assert not np.array_equal(whole[0][0], other[0][0])


def test_by_default_it_never_ends_like_the_legacy_iterator():
    flow = ImageDataGenerator().flow(IMAGES, LABELS, batch_size=4)

    assert len(list(itertools.islice(flow, 10))) == 10


def test_width_shifts_columns_and_height_shifts_rows():
    image = np.zeros((40, 20, 20, 1), np.uint8)
    image[:, 10, 10] = 255
    labels = np.zeros(40)
    for name, moving, still in (("width_shift_range", 2, 1), ("height_shift_range", 1, 2)):
        generator = ImageDataGenerator(**{name: 0.3}, fill_mode="constant")
        ((shifted, _),) = collect(generator.flow(image, labels, batch_size=40, epochs=1))
        places = np.stack([[np.argmax(one.max(axis=still - 1)) for one in shifted] for still in (1, 2)])

        assert len(set(places[2 - moving])) > 3
        assert set(places[2 - still]) == {10}


def test_images_and_labels_are_checked():
    with pytest.raises(TypeError, match="Expected uint8 images 0..255. Received: float64"):
        ImageDataGenerator().flow(IMAGES / 255, LABELS)
    with pytest.raises(ValueError, match="Expected 11 labels, one an image. Received: 5"):
        ImageDataGenerator().flow(IMAGES, LABELS[:5])
