"""Models in files: what is in the file, what comes back, and the contract, whoever wrote it."""

import json
import pathlib
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.layers.cpu_kernels import FAST_LAYERS, FastConv2D, FusedBatchNormalization
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.models import saved
from fer_keras.models.contract import Contract

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRACT = Contract(("angry", "glad", "calm"), "fer2013", side=8, channels=1, crop=("YuNet 0123", 0.25))
FACES = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def model():
    face = keras.Input((8, 8, 1), dtype="uint8", name="face")
    x = keras.layers.Rescaling(1 / 255, name="unit")(face)
    x = FastConv2D(4, 3, name="conv")(x)
    x = FusedBatchNormalization(name="bn")(x)
    inner = keras.Model(face, x, name="backbone")
    y = keras.layers.GlobalAveragePooling2D(name="pool")(inner(face))
    network = keras.Model(face, keras.layers.Dense(3, activation="softmax", name="logits")(y), name="small")
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in network.get_weights()])
    return network


@pytest.fixture
def path(model, tmp_path):
    saved.save(model, tmp_path / "model.keras", CONTRACT)
    return tmp_path / "model.keras"


def edited(path, edit):
    """Replace the member metadata.json of the file by what `edit` makes of its value."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    value = edit(json.loads(members["metadata.json"]))
    members["metadata.json"] = value if isinstance(value, bytes) else json.dumps(value).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_file_holds_keras_layers_and_the_model_keeps_its_own(model, path):
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == {"metadata.json", "config.json", "model.weights.h5"}
        config = archive.read("config.json").decode()
    assert "fer_keras" not in config
    assert isinstance(model.get_layer("backbone").get_layer("conv"), FastConv2D)
    assert [file.name for file in path.parent.iterdir()] == ["model.keras"]


def test_keras_alone_reads_it_without_this_package_and_the_suites_layers_after_importing_them(model, path, tmp_path):
    np.save(tmp_path / "faces.npy", FACES)
    image = keras.Input((4, 4, 8))
    saved.save(keras.Model(image, SqueezeExcite(2)(image), name="squeezed"), tmp_path / "squeezed.keras")
    program = (
        "import sys, keras, numpy as np; model = keras.saving.load_model('model.keras'); "
        "np.save('seen.npy', model.predict(np.load('faces.npy'), verbose=0)); print('fer_keras' in sys.modules); "
        f"sys.path.insert(0, {str(ROOT)!r}); "
        "import fer_keras.layers; print(keras.saving.load_model('squeezed.keras').name)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split()[-2:] == ["False", "squeezed"]
    np.testing.assert_allclose(np.load(tmp_path / "seen.npy"), model.predict(FACES, verbose=0), rtol=1e-5)


def test_what_is_loaded_has_the_quick_layers_and_the_same_numbers(model, path):
    again = saved.load(path)
    kinds = [type(layer) for layer in again.get_layer("backbone").layers]
    assert kinds == [type(layer) for layer in model.get_layer("backbone").layers]
    assert [weight.path for weight in again.weights] == [weight.path for weight in model.weights]
    np.testing.assert_array_equal(again.predict(FACES, verbose=0), model.predict(FACES, verbose=0))


def test_a_file_with_the_suites_layers_still_loads(model, tmp_path):
    model.save(tmp_path / "old.keras")
    again = saved.load(tmp_path / "old.keras")
    np.testing.assert_array_equal(again.predict(FACES, verbose=0), model.predict(FACES, verbose=0))
    assert saved.contract(tmp_path / "old.keras") is None


def test_every_layer_of_the_suite_is_registered_by_importing_them():
    folder = pathlib.Path(sys.modules["fer_keras.layers"].__file__).parent
    written = [
        line.removeprefix("class ").split("(")[0]
        for file in folder.rglob("*.py")
        for line in file.read_text().splitlines()
        if line.startswith("class ")
    ]
    assert {"SqueezeExcite", *(layer.__name__ for layer in FAST_LAYERS.values())} <= set(written)
    for name in written:
        assert keras.saving.get_registered_object(f"fer_keras>{name}").__name__ == name


def test_the_contract_comes_back(path):
    assert saved.contract(path) == CONTRACT
    with zipfile.ZipFile(path) as archive:
        metadata = json.loads(archive.read("metadata.json"))
    assert metadata["keras_version"] == keras.__version__
    assert metadata["fer_keras"]["input"] == {
        "dtype": "uint8",
        "range": [0, 255],
        "side": 8,
        "channels": 1,
        "crop": {"detector": "YuNet 0123", "margin": 0.25},
    }


def test_a_model_of_keras_has_none(model, tmp_path):
    saved.save(model, tmp_path / "model.keras")
    assert saved.contract(tmp_path / "model.keras") is None


DAMAGE = {
    "format 1": {"format": 2},
    "2 to 1000 different class_names": {"class_names": ["a", "a"]},
    "class_names (list)": {"class_names": "angry"},
    "class_names of 1 to 100 printable": {"class_names": ["a", "\x1b[2J"]},
    "data of 1 to 100": {"data": None},
    "input (dict)": {"input": [8, 8]},
    "input.side from 1 to 4096": {"input": {"side": True, "channels": 1}},
    "input.channels from 1 to 3": {"input": {"side": 8, "channels": 4}},
    "input.crop (dict)": {"input": {"side": 8, "channels": 1, "crop": "YuNet"}},
    "input.crop.margin from 0 to 10": {"input": {"side": 8, "channels": 1, "crop": {"detector": "a", "margin": -1}}},
    "input.crop.detector of 1": {"input": {"side": 8, "channels": 1, "crop": {"detector": "", "margin": 1}}},
}


@pytest.mark.parametrize("says", DAMAGE)
def test_each_damaged_part_of_a_contract_is_named(path, says):
    edited(path, lambda metadata: {**metadata, "fer_keras": {**metadata["fer_keras"], **DAMAGE[says]}})
    with pytest.raises(UserError) as caught:
        saved.contract(path)
    assert str(caught.value).startswith(f"Expected {says}" if says[0] != "f" else "Expected class names and input in")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b" " * (1 << 21)])
def test_metadata_that_is_no_json_is_refused_in_one_line(path, content):
    with pytest.raises(UserError, match="Expected .* in .*model.keras. Received: ") as caught:
        saved.contract(edited(path, lambda _: content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"not a zip"])
@pytest.mark.parametrize("read", [saved.load, saved.contract])
def test_refuses_what_is_no_model(tmp_path, content, read):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match="Expected a model saved by Keras at .*model.keras. Received: "):
        read(path)


def test_a_full_disk_leaves_neither_half_a_file_nor_a_copy(model, path, monkeypatch):
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(UserError, match="Cannot write .*model.keras: No space left on device"):
        saved.save(model, path, CONTRACT)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["model.keras"]
