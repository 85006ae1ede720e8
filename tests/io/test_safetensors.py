"""The .safetensors reader: arrays back, and damaged files refused in one line."""

import json

import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.io.safetensors import read_safetensors


def file_of(header, data=b"\0" * 8):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_reader_gives_back_arrays(tmp_path):
    parts = np.arange(6, dtype="<f4"), np.array([0.5, -2.0], "<f2"), np.array(9, "<i8")
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "half": {"dtype": "F16", "shape": [2, 1], "data_offsets": [24, 28]},
        "count": {"dtype": "I64", "shape": [], "data_offsets": [28, 36]},
    }
    path = tmp_path / "x.safetensors"
    path.write_bytes(file_of(header, b"".join(part.tobytes() for part in parts)))
    read = read_safetensors(path)
    assert read.keys() == {"a", "half", "count"}
    np.testing.assert_array_equal(read["a"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(read["half"], [[0.5], [-2.0]])
    assert read["count"].shape == () and int(read["count"]) == 9
    assert not read["a"].flags.writeable


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"\xff" * 16, "the file is cut"),
        ((4).to_bytes(8, "little") + b"{no}", "sound .safetensors header"),
        ((4).to_bytes(8, "little") + b"[12]", "sound .safetensors header"),
        (file_of({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}), "bytes 0..12 of 8"),
        (file_of({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 8]}}), "takes 4"),
        (file_of({"a": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}), "shape"),
        (file_of({"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}), "bytes -4..0"),
        (file_of({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}), "type BF16"),
        (file_of({"a": {"dtype": "F32", "shape": [2]}}), "data_offsets"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path, content, reason):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason) as caught:
        read_safetensors(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)


def test_a_pickle_is_refused_with_the_way_to_convert_it(tmp_path):
    path = tmp_path / "resnet34.pth"
    path.write_bytes(b"\x80\x04.")
    with pytest.raises(UserError, match="weights_only=True.*save_file|save_file.*weights_only=True"):
        read_safetensors(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="Received: no file"):
        read_safetensors(tmp_path / "gone.safetensors")
