"""The suite's compact network."""

import keras
import numpy as np
import pytest

from fer_keras.models import BUILDERS, builder
from fer_keras.models.attention_head import KNOWN

TRUNK = {"widths": (8, 16, 32), "pairs": (1, 2), "dim": 24, "heads": 3, "ratio": 4, "units": 20}

# 3x3 kernels 8, 8*16, 2*16*16, 16*32, 4*32*32; four numbers a channel and batch norm.
CONVOLUTIONS = 9 * (8 + 128 + 512 + 512 + 4096) + 4 * (8 + 3 * 16 + 5 * 32)
SE = 32 * 8 + 8 + 8 * 32 + 32
SPATIAL = 7 * 7 * 2 + 1
PROJECTION = 32 * 24 + 24
SELF_ATTENTION = 4 * 24 * 24 + 2 * 24
DENSE = 32 * 20 + 20 + 20 * 7 + 7
PARAMETERS = {
    (): CONVOLUTIONS + DENSE,
    ("se",): CONVOLUTIONS + SE + DENSE,
    ("spatial",): CONVOLUTIONS + SPATIAL + DENSE,
    ("cbam",): CONVOLUTIONS + 2 * 32 * 8 + SPATIAL + DENSE,
    ("spatial_softmax",): CONVOLUTIONS + SPATIAL - 1 + DENSE,
    ("branches",): CONVOLUTIONS + 2 * (32 * 20 + 20) + 20 * 7 + 7,
}


@pytest.fixture(scope="module")
def models():
    return {parts: builder("compact")(parts=parts, **TRUNK) for parts in (*PARAMETERS, ("mhsa",))}


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(30, 200, (3, 48, 48, 1), dtype="uint8")


def test_every_part_is_tried():
    tried = {part for parts in PARAMETERS for part in parts} | {"mhsa"}
    assert tried == set(KNOWN)
    assert [name for name, where in BUILDERS.items() if where.startswith("fer_keras.models.compact:")] == ["compact"]


@pytest.mark.parametrize("parts", PARAMETERS)
def test_parameter_counts(models, parts):
    assert models[parts].count_params() == PARAMETERS[parts]


def test_self_attention_replaces_the_pooling(models):
    model = models["mhsa",]
    assert model.get_layer("tokens").output.shape == (None, 12 * 12, 32)
    assert model.get_layer("pool").output.shape == (None, 24)


def test_the_network_as_it_stands():
    assert builder("compact")().count_params() == 2_763_175


def test_a_convolution_of_low_rank_is_two_and_has_fewer_parameters():
    model = builder("compact")(ranks=(0, 5), **TRUNK)
    first, second = (model.get_layer(f"stage3_pair2_1_{part}") for part in ("conv", "mix"))
    assert (first.kernel.shape, second.kernel.shape) == ((3, 3, 32, 5), (1, 1, 5, 32))
    reduced = 9 * 5 * (16 + 4 * 32) + 5 * 5 * 32
    assert model.count_params() == PARAMETERS[()] - 9 * (512 + 4096) + reduced


def test_each_stage_after_the_first_halves_the_side(models):
    shapes = [models[()].get_layer(f"stage{number}_pool").output.shape[1:] for number in (2, 3)]
    assert shapes == [(24, 24, 8), (12, 12, 16)]
    assert models[()].get_layer("stage3_pair2_relu").output.shape[1:] == (12, 12, 32)


def test_exposure_and_contrast_do_not_count(models, faces):
    model = models[()]
    standardised = keras.Model(model.input, model.get_layer("standardise").output)
    seen = np.asarray(standardised(faces))
    np.testing.assert_allclose(seen.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(seen.std(axis=(1, 2, 3)), 1, atol=1e-3)
    np.testing.assert_allclose(
        np.asarray(standardised((faces // 2) * 2 + 40)), np.asarray(standardised((faces // 2) * 2)), atol=1e-4
    )


def test_a_blank_image_is_all_zero(models):
    standardised = keras.Model(models[()].input, models[()].get_layer("standardise").output)
    np.testing.assert_array_equal(standardised(np.full((1, 48, 48, 1), 77, "uint8")), 0)


def test_a_blur_changes_what_the_network_says_of_faces_but_not_how_it_trains(faces):
    plain, blurred = (builder("compact")(blur=blur, dropout=0.0, **TRUNK) for blur in (False, True))
    blurred.set_weights(plain.get_weights())
    assert np.abs(np.asarray(blurred(faces)) - np.asarray(plain(faces))).max() > 1e-4
    np.testing.assert_array_equal(blurred(faces, training=True), plain(faces, training=True))


@pytest.mark.parametrize(
    "args",
    [{}, {"parts": ("cbam",)}, {"parts": ("se", "spatial", "mhsa", "branches")}, {"ranks": (3, 5)}],
    ids=["plain", "cbam", "all", "ranks"],
)
def test_pixels_in_probabilities_out_and_the_same_after_reloading(args, faces, tmp_path):
    model = builder("compact")(**args, **TRUNK)
    assert keras.backend.standardize_dtype(model.input.dtype) == "uint8"
    found = np.asarray(model(faces))
    assert found.shape == (3, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(faces), found)


def test_classes_colour_and_sides_are_arguments():
    model = builder("compact")(widths=(8, 24), pairs=(1,), classes=5, channels=3, input_size=40, image_size=32)
    assert model.output.shape == (None, 5)
    assert model.get_layer("resize").interpolation == "bicubic"
    assert model.get_layer("stage2_pool").output.shape == (None, 16, 16, 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parts": ("eca",)}, r"Expected parts in .* Received: \['eca'\]"),
        ({"pairs": (1, 1)}, "Expected pairs for 3 stages after the first"),
        ({"ranks": (0, 8)}, r"Expected ranks for 3 stages after the first. Received: \(0, 8\)"),
        ({"parts": ("branches",), "classes": 8}, "Expected 7 classes for the branches' groups. Received: 8"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        builder("compact")(**arguments)
