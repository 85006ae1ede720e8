"""One device against two, one process against two, TensorFlow against JAX: the same rows, losses and weights."""

import importlib.util
import json
import os
import pathlib
import socket
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(__file__).with_name("shared_run.py")
QUICK = {"TF_CPP_MIN_LOG_LEVEL": "3", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1", "JAX_PLATFORMS": "cpu"}
JAX = {
    "KERAS_BACKEND": "jax",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}


def start(out, *cases, **environment):
    env = os.environ | QUICK | {"PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""} | environment
    words = [sys.executable, str(PROGRAM), str(out), *cases]
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(*started):
    for process in started:
        printed, _ = process.communicate(timeout=900)
        assert process.returncode == 0, printed


@pytest.fixture(scope="module")
def tensorflow(tmp_path_factory):
    out = tmp_path_factory.mktemp("shared")
    finish(start(out, "alone", "two", "begun", "continued", KERAS_BACKEND="tensorflow"))
    return {case: result(out, case) for case in ("alone", "two", "continued")} | {"out": out}


@pytest.fixture(scope="module")
def jax(tensorflow):
    require_jax()
    out = tensorflow["out"] / "jax"
    out.mkdir()
    for name in ("start.npz", "tensorflow.keras"):
        (out / name).write_bytes((tensorflow["out"] / name).read_bytes())
    finish(start(out, "reads", "alone", "begun", "continued", **JAX, JAX_COMPILATION_CACHE_DIR=str(out / "compiled")))
    return {case: result(out, case) for case in ("alone", "continued")} | {"out": out}


@pytest.fixture(scope="module")
def processes(jax):
    out = jax["out"] / "processes"
    out.mkdir()
    (out / "start.npz").write_bytes((jax["out"] / "start.npz").read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    described = {
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": address,
        "KERAS_DISTRIBUTION_NUM_PROCESSES": "2",
        "JAX_COMPILATION_CACHE_DIR": str(jax["out"] / "compiled"),
    }
    finish(*(start(out, "all", **JAX, **described, KERAS_DISTRIBUTION_PROCESS_ID=str(number)) for number in (0, 1)))
    return result(out, "all")


def require_jax():
    """The suite's requirements-dev.txt brings JAX; without it these tests must fail, not pass unseen."""
    assert importlib.util.find_spec("jax"), "pip install -r requirements-jax.txt"


def result(out, case):
    with np.load(out / f"{case}.npz") as archive:
        arrays = [archive[name] for name in archive.files]
    return {
        "weights": arrays[:-1],
        "predictions": arrays[-1],
        "history": json.loads((out / f"{case}.json").read_text()),
    }


def assert_same(one, other, names, capsys, tolerance):
    """Compare, and print both losses of each epoch."""
    with capsys.disabled():
        print()
        for mine, its in zip(one["history"], other["history"], strict=True):
            print(f"loss of {mine['phase']}: {mine['loss']:.7f} on {names[0]}, {its['loss']:.7f} on {names[1]}")
    for mine, its in zip(one["history"], other["history"], strict=True):
        assert mine["accuracy"] == its["accuracy"]
        assert mine["loss"] == pytest.approx(its["loss"], abs=tolerance)
        assert mine["select_loss"] == pytest.approx(its["select_loss"], abs=tolerance)
    for mine, its in zip(one["weights"], other["weights"], strict=True):
        np.testing.assert_allclose(mine, its, atol=tolerance)
    np.testing.assert_allclose(one["predictions"], other["predictions"], atol=tolerance)


@pytest.mark.slow
def test_two_devices_of_tensorflow_are_one(tensorflow, capsys):
    assert_same(tensorflow["alone"], tensorflow["two"], ("one device", "two"), capsys, tolerance=2e-5)


@pytest.mark.slow
def test_a_run_begun_on_one_device_goes_on_with_two(tensorflow, capsys):
    names = ("one device", "one, then two")
    assert_same(tensorflow["alone"], tensorflow["continued"], names, capsys, tolerance=2e-5)


@pytest.mark.slow
def test_the_saved_model_knows_nothing_of_the_devices(tensorflow):
    import zipfile

    with zipfile.ZipFile(tensorflow["out"] / "tensorflow.keras") as archive:
        assert '"synchronized": true' not in archive.read("config.json").decode()


@pytest.mark.slow
def test_jax_predicts_what_tensorflow_does_from_the_same_file(tensorflow, jax):
    with np.load(jax["out"] / "reads.npz") as archive:
        np.testing.assert_allclose(archive["arr_0"], tensorflow["alone"]["predictions"], atol=1e-5)


@pytest.mark.slow
def test_jax_trains_as_tensorflow_does_from_the_same_weights(tensorflow, jax, capsys):
    assert_same(tensorflow["alone"], jax["alone"], ("TensorFlow", "JAX"), capsys, tolerance=1e-4)


@pytest.mark.slow
def test_a_run_of_jax_begun_on_one_device_goes_on_with_two(jax, capsys):
    assert_same(jax["alone"], jax["continued"], ("one device", "one, then two"), capsys, tolerance=2e-5)


@pytest.mark.slow
def test_two_processes_are_one(jax, processes, capsys):
    assert_same(jax["alone"], processes, ("one process", "two"), capsys, tolerance=2e-5)
