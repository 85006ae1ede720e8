"""Weights of TensorFlow.js: numbers by hand, and each damaged file by name."""

import json

import numpy as np
import pytest

from fer_keras.io import tfjs_weights
from fer_keras.io.errors import UserError
from fer_keras.io.tfjs_weights import read_weights

ENTRIES = [
    {"name": "plain", "shape": [2], "dtype": "float32"},
    {"name": "half", "shape": [2, 1], "dtype": "float32", "quantization": {"dtype": "float16"}},
    {"name": "byte", "shape": [3], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
    {"name": "axes", "shape": [], "dtype": "int32"},
]
NUMBERS = (
    np.array([1.5, -2], "<f4").tobytes()
    + np.array([0.25, 6], "<f2").tobytes()
    + bytes([0, 2, 4])
    + np.array(7, "<i4").tobytes()
)


def written(folder, entries=ENTRIES, numbers=NUMBERS, wrap=True):
    (folder / "net.bin").write_bytes(numbers)
    groups = [{"paths": ["net.bin"], "weights": entries}]
    path = folder / "net.json"
    path.write_text(json.dumps({"weightsManifest": groups} if wrap else groups))
    return path


@pytest.mark.parametrize("wrap", [True, False])
def test_numbers_by_hand(tmp_path, wrap):
    arrays = read_weights(written(tmp_path, wrap=wrap))
    assert {name: array.tolist() for name, array in arrays.items()} == {
        "plain": [1.5, -2.0],
        "half": [[0.25], [6.0]],
        "byte": [-1.0, 0.0, 1.0],
        "axes": 7.0,
    }
    assert {array.dtype for array in arrays.values()} == {np.dtype("float32")}


def entry(**changes):
    return [{**ENTRIES[0], **changes}]


@pytest.mark.parametrize(
    ("entries", "numbers", "named"),
    [
        (ENTRIES, NUMBERS[:-1], "ValueError: buffer"),
        (ENTRIES, NUMBERS + b"x", "20 bytes of numbers, 19 of them in the list"),
        (entry(shape=[-1]), NUMBERS, r"shape \[-1\]"),
        (entry(shape=[1 << 70]), NUMBERS, "Received: "),
        (entry(shape=[1.0]), NUMBERS, r"shape \[1.0\]"),
        (entry(shape=[1] * 40), NUMBERS, r"shape \[1, 1"),
        (entry(dtype="object"), NUMBERS, "KeyError: 'object'"),
        (entry(dtype="float32", quantization={"dtype": "uint8"}, shape=[0]), b"", "KeyError: 'scale'"),
        ([{"shape": [1]}], NUMBERS, "KeyError"),
        ([7], NUMBERS, "AttributeError"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path, entries, numbers, named):
    with pytest.raises(UserError, match=named) as caught:
        read_weights(written(tmp_path, entries, numbers))
    assert "\n" not in str(caught.value)


def test_missing_and_overlong_numbers_are_refused(tmp_path, monkeypatch):
    path = written(tmp_path)
    monkeypatch.setattr(tfjs_weights, "MOST_BYTES", len(NUMBERS) - 1)
    with pytest.raises(UserError, match=f"weights of at most {len(NUMBERS) - 1} bytes at .*net.bin"):
        read_weights(path)
    (tmp_path / "net.bin").unlink()
    with pytest.raises(UserError, match=r"net.bin. Received: none"):
        read_weights(path)


@pytest.mark.parametrize("content", ["{}", "[]", "7", "null", '{"weightsManifest": 3}', "{"])
def test_another_json_is_refused(tmp_path, content):
    path = tmp_path / "net.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"^Expected .*net.json"):
        read_weights(path)


def test_numbers_lie_beside_their_list_only(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "net.bin").write_bytes(NUMBERS)
    path = tmp_path / "inner" / "net.json"
    path.write_text(json.dumps([{"paths": ["../net.bin"], "weights": ENTRIES}]))
    with pytest.raises(UserError, match=r"inner/net.bin"):
        read_weights(path)
