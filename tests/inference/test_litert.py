"""A .tflite file of the suite is run without TensorFlow; a damaged or foreign one is refused in one line."""

import concurrent.futures
import subprocess
import sys

import numpy as np
import pytest

import fer_keras
from fer_keras.exports.write import export
from fer_keras.inference import litert, litert_file
from fer_keras.inference.loading import load
from fer_keras.io.errors import UserError
from fer_keras.models import saved
from fer_keras.models.contract import Contract
from tests.exports.nets import CLASSES, SIDE, faces, file_of

WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None
import numpy as np
import fer_keras
model = fer_keras.load_model(sys.argv[1])
print(model.class_names, model.probabilities(np.zeros((9, 12, 12, 1), np.uint8)).shape)
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    (done,) = export(file_of(tmp_path_factory.mktemp("litert")), ["litert"])
    return done.path


def test_it_needs_no_tensorflow(exported):
    words = [sys.executable, "-c", WITHOUT_TENSORFLOW, str(exported)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == (f"{CLASSES} (9, 3)\n", "")


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 17])
def test_any_number_of_faces(exported, n):
    expected = saved.load(exported.with_name("model.keras")).predict(faces(17), verbose=0)[:n]
    found = litert.open_file(exported)(faces(17)[:n])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected.reshape(n, 3), atol=1e-5)


def test_the_file_is_a_network_with_an_archive_behind(exported):
    import zipfile

    network, contract = litert_file.read(exported)
    assert exported.read_bytes() == litert_file.with_contract(network, contract)
    assert zipfile.ZipFile(exported).read("labels.txt").decode().split() == list(CLASSES)


def test_damage_anywhere_is_one_line(exported, tmp_path):
    content, random = exported.read_bytes(), np.random.default_rng(0)
    size = len(litert_file.read(exported)[0])
    for place in [4, 9, *random.integers(8, size, 20)]:
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        _refused(bytes(damaged), tmp_path)
    for length in (0, 3, 8, size // 2, size, len(content) - 1):
        _refused(content[:length], tmp_path)
    _refused(b"TFL3" * 100, tmp_path)
    _refused(content[size:], tmp_path)


def _refused(content, folder):
    (folder / "x.tflite").write_bytes(content)
    with pytest.raises(UserError, match="^Expected ") as caught:
        load(folder / "x.tflite")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["none.tflite", "folder.tflite"])
def test_what_is_no_file_is_refused(tmp_path, path):
    (tmp_path / "folder.tflite").mkdir()
    with pytest.raises(UserError, match="Expected a LiteRT file at"):
        load(tmp_path / path)


def test_a_network_that_is_not_what_its_contract_says_is_refused(exported, tmp_path):
    network, _ = litert_file.read(exported)
    for contract in (Contract(CLASSES, "x", SIDE, 3), Contract(CLASSES[:2], "x", SIDE, 1)):
        (tmp_path / "x.tflite").write_bytes(litert_file.with_contract(network, contract))
        with pytest.raises(UserError, match="Expected uint8 faces"):
            load(tmp_path / "x.tflite")


def test_classes_of_another_number_are_refused(exported):
    assert load(exported, ("a", "b", "c")).class_names == ("a", "b", "c")
    with pytest.raises(UserError, match="Expected 3 class names"):
        load(exported, ("a", "b"))


def test_several_threads_may_ask_one_network():
    model = fer_keras.load_model()
    faces = np.random.default_rng(0).integers(0, 256, (6, 9, model.side, model.side, model.channels), dtype=np.uint8)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        together = list(pool.map(model.probabilities, faces))
    np.testing.assert_array_equal(together, [model.probabilities(each) for each in faces])
