import keras
import numpy as np

from fer_keras.models.papers import cnn003

FACES = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype=np.uint8)


def test_parameters_and_output():
    model = cnn003.build()
    convolutions = 9 * (1 * 32 + 32 * 64 + 64 * 128) + 4 * (32 + 64 + 128)
    dense = 6 * 6 * 128 * 128 + 4 * 128 + 128 * 7 + 7
    assert model.count_params() == convolutions + dense == 684_583
    out = model.predict(FACES, verbose=0)
    assert (out.shape, out.dtype) == ((3, 7), np.float32)
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-5)


def test_reload_at_another_size(tmp_path):
    model = cnn003.build(image_size=24, classes=5, dropout=0.5)
    assert model.get_layer("flatten").output.shape == (None, 3 * 3 * 128)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "model.keras")(FACES), model(FACES))
