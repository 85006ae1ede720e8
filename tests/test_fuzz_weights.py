"""Thousands of damaged checkpoints, weights and models: each is read, or refused in one line, quickly and in little memory."""

import json

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_keras.io.safetensors import read_safetensors
from fer_keras.models import saved
from fer_keras.models.weights import starting_points
from fer_keras.training import checkpoint
from tests.damage import JSON, archive, damaged
from tests.fuzzing import EDITS, mutated, settings, tally

ARRAYS = {
    "progress": np.frombuffer(json.dumps({"phase": 0, "epoch": 1, "step": 2}).encode(), "uint8"),
    "model/00000": np.ones((3, 4), "float32"),
    "optimizer/00000": np.zeros((), "int64"),
    "family": np.array("resnet18"),
    "backbone/conv/kernel": np.ones((2, 2)),
}
READERS = {
    "checkpoints": (checkpoint.NEWEST, lambda path: checkpoint.load(path.parent, note=lambda line: None)),
    "weights of a backbone": ("weights.npz", lambda path: starting_points.read(path)),
}


@pytest.mark.parametrize("what", READERS)
def test_archives_of_arrays(tmp_path, capsys, what):
    (name, read), content = READERS[what], archive(ARRAYS)
    with tally(what, capsys) as found:

        @settings(1500)
        @given(st.booleans(), EDITS)
        def check(inside, edits):
            (tmp_path / name).write_bytes(damaged(content, edits, inside))
            found.attempt(lambda: read(tmp_path / name))

        check()
    assert found.refused > 500


def test_safetensors(tmp_path, capsys):
    path = tmp_path / "x.safetensors"
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}).encode()
    content = len(header).to_bytes(8, "little") + header + bytes(24)
    with tally("safetensors", capsys) as found:

        @settings(1000)
        @given(EDITS)
        def check(edits):
            path.write_bytes(mutated(content, edits, JSON))
            found.attempt(lambda: read_safetensors(path))

        check()
    assert found.refused > 500


def test_models(tmp_path, capsys):
    path = tmp_path / "model.keras"
    image = keras.Input((4, 4, 1))
    keras.Model(image, keras.layers.Dense(2)(keras.layers.Flatten()(image))).save(path)
    content = path.read_bytes()
    with tally("models", capsys) as found:

        @settings(150)
        @given(st.booleans(), EDITS)
        def check(inside, edits):
            path.write_bytes(damaged(content, edits, inside))
            found.attempt(lambda: saved.load(path))

        check()
    assert found.refused > 50
