import keras
import numpy as np
import pytest

from fer_keras.studies.gan import networks

NOISE = np.random.default_rng(0).standard_normal((3, 5), np.float32)


def test_parameters_are_what_the_layers_add_up_to():
    made, judge = networks.generator(), networks.discriminator()
    project = 64 * 6 * 6 * 128 + 4 * 128
    up = 4 * 4 * (128 * 64 + 64 * 32 + 32 * 16) + 4 * (64 + 32 + 16)
    assert made.count_params() == project + up + 3 * 3 * 16 + 1 == 468_049
    down = (4 * 4 * 32 + 32) + 4 * 4 * (32 * 64 + 64 * 128) + 4 * (64 + 128)
    assert judge.count_params() == down + 6 * 6 * 128 + 1 == 169_761


def test_noise_becomes_faces_in_range_and_faces_a_score():
    made = networks.generator(latent=5, width=2)(NOISE)
    assert made.shape == (3, 48, 48, 1)
    assert float(np.abs(made).max()) <= 1
    assert networks.discriminator(width=2)(made).shape == (3, 1)


@pytest.mark.parametrize("build", [lambda: networks.generator(5, 2), lambda: networks.discriminator(2)])
def test_saved_and_reloaded_it_answers_the_same(build, tmp_path):
    model = build()
    given = np.random.default_rng(1).standard_normal((2, *model.input_shape[1:]), np.float32)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(given), model(given))
