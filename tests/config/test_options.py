"""What a user asks for: said again as a command line, and refused before TensorFlow loads where it is no request."""

import os
import pathlib
import subprocess
import sys

import pytest

from fer_keras.config.options import Options, require
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import BASELINE_CNN

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = """
import runpy, sys
sys.argv = ["program", *sys.argv[1:]]
try:
    runpy.run_module("experiments.hybrid_resnet50", run_name="__main__")
except SystemExit as ended:
    heavy = {"tensorflow", "keras", "jax", "numpy"} & set(sys.modules)
    sys.exit(f"loaded {heavy}" if heavy else ended.code)
"""


def test_the_flags_that_were_given_are_said_again_paths_as_given():
    assert Options().words() == []
    asked = Options(
        data="../fer2013.csv",
        profile="cpu",
        seed=3,
        epochs=2,
        init="runs/a/model.keras",
        soft_labels=True,
        protocol="official",
        drop=pathlib.Path("lists/dropped.csv"),
        checkpoint_minutes=0.5,
        out=pathlib.Path("here"),
        record=True,
    )
    assert sorted(" ".join(asked.words()).replace(" --", "\n--").splitlines()) == [
        "--checkpoint-minutes 0.5",
        "--data ../fer2013.csv",
        "--drop lists/dropped.csv",
        "--epochs 2",
        "--init runs/a/model.keras",
        "--out here",
        "--profile cpu",
        "--protocol official",
        "--record",
        "--seed 3",
        "--soft-labels",
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"epochs": 0}, "--epochs of at least 1. Received: 0"),
        ({"batch_size": -1}, "--batch-size of at least 1. Received: -1"),
        ({"image_size": 0}, "--image-size of at least 1. Received: 0"),
        ({"devices": 0}, "--devices of at least 1. Received: 0"),
        ({"seed": -1}, "--seed from 0 to 4294967295. Received: -1"),
        ({"profile": "fast"}, "--profile paper, cpu, smoke for hybrid_baseline_cnn. Received: 'fast'"),
        ({"protocol": "pooled"}, "Received: 'pooled'"),
        ({"precision": "float8"}, "--precision float32 or mixed_bfloat16. Received: 'float8'"),
        ({"init": "none.keras"}, "Received: 'none.keras'. There is no such file."),
        ({"drop": "none.csv"}, "a list of images to drop at none.csv. Received: no such file"),
        ({"generated": "none.npz"}, "generated faces at none.npz. Received: no such file"),
        ({"detector": "none.onnx", "crop": True}, "a detector at none.onnx. Received: no such file"),
        ({"detector": __file__}, "--crop with --detector. Received: none"),
    ],
)
def test_what_cannot_be_a_request_is_refused_by_name(options, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as refused:
        require(Options(**options), BASELINE_CNN)
    assert says in str(refused.value)


@pytest.mark.parametrize("init", [None, "imagenet", "scratch", __file__])
def test_a_request_passes(init):
    require(Options(init=init, epochs=1, batch_size=1, devices=1, seed=2**32 - 1), BASELINE_CNN)


@pytest.mark.parametrize("words", [["--epochs", "0"], ["--init", "none.keras"], ["--drop", "none.csv"]])
def test_a_cheap_mistake_is_refused_before_anything_heavy_loads(tmp_path, words):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("error: Expected ")
    assert not list(tmp_path.iterdir())
