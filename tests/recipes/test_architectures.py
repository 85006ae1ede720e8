"""Every network of the recipes: one step in which all of it trains, saved, reloaded, served; and on JAX (`on_jax.py`).

One step runs eagerly, by far the cheapest way to see it; the compiled way is tested in tests/test_run.py. What is served
is a graph of the layers' operations: a network that has a layer of another class than those before it is traced, and answers
as a graph. Written to disk and read again are those of WRITTEN, one for each kind of input and head.
"""

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest.mock

import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_keras.data import phase_data
from fer_keras.data.readers import toy
from fer_keras.exports import saved_model, write
from fer_keras.runs import train_run
from fer_keras.training import checkpoint
from fer_keras.training.phases import Trainer
from tests.recipes.architectures import MAIN, RECIPES, architectures, layers_of, smallest

ROWS = 4
ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def drawn():
    return toy.toy_faces(n_train=140, n_public=70, n_private=70)


@contextlib.contextmanager
def _op_by_op():
    if keras.backend.backend() != "tensorflow":
        yield
        return
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def _without_checkpoints():
    """Write none: tests/training holds what they hold, and for these networks they take up to a quarter of the time."""
    return unittest.mock.patch.object(checkpoint, "save", autospec=True)


def _few(drawn, data):
    splits = phase_data.divided(data, drawn, seed=0)
    return dataclasses.replace(
        splits, train=splits.train.take(np.arange(ROWS)), select=splits.select.take(np.arange(ROWS))
    )


def _probabilities(model, faces):
    return keras.ops.convert_to_numpy(model(faces, training=False))


@pytest.fixture(scope="module")
def trained(drawn, tmp_path_factory):
    """Give, for a recipe's name, (a folder with model.keras after its step and predicted.npy, history, what trained)."""
    folders = tmp_path_factory.mktemp("networks")

    @functools.cache
    def train(name):
        recipe = smallest(name, ROWS)
        folder = folders / name
        trainer = Trainer(
            recipe=recipe,
            seed=0,
            splits_of=functools.cache(functools.partial(_few, drawn)),
            build=functools.partial(train_run.build, recipe),
            initialise=lambda model: None,
            folder=folder / "checkpoint",
            quiet=True,
        )
        folder.mkdir()
        with _op_by_op(), _without_checkpoints():
            result = trainer.train()
        keras.saving.save_model(result.model, folder / "model.keras")
        np.save(folder / "predicted.npy", _probabilities(result.model, drawn.images[:2]))
        return folder, result.history, result.trainable

    return train


@pytest.fixture(scope="module")
def served_layers():
    """The classes of layers that have been served as a graph."""
    return set()


@pytest.mark.slow(longest=True)
@pytest.mark.parametrize("name", architectures())
def test_one_step_of_each_network_saved_reloaded_and_served(name, drawn, trained, served_layers):
    folder, history, _ = trained(name)
    assert [row["phase"] for row in history] == [phase.name for phase in smallest(name, ROWS).phases]
    assert np.isfinite([row["loss"] for row in history]).all()
    reloaded, predicted = keras.saving.load_model(folder / "model.keras"), np.load(folder / "predicted.npy")
    np.testing.assert_array_equal(_probabilities(reloaded, drawn.images[:2]), predicted)
    if layers_of(reloaded) <= served_layers:
        return
    served_layers |= layers_of(reloaded)
    served = saved_model.program(reloaded, drawn.class_names).serve(drawn.images[:2])
    np.testing.assert_allclose(served["probabilities"], predicted, rtol=1e-4, atol=1e-5)
    assert {name: value.shape.as_list() for name, value in served.items()} == {
        **{"probabilities": [2, 7], "class_names": [2, 7], "label": [2]}
    }


@pytest.mark.slow
def test_every_phase_of_the_main_recipe_trains_what_it_names(trained):
    _, history, trainable = trained(MAIN)
    names = [phase.name for phase in RECIPES[MAIN].phases]
    assert names == ["frozen", "unfreeze-160", "unfreeze-140", "unfreeze-100", "head"]
    assert [row["phase"] for row in history] == [*names, "all"]
    counts = json.loads(pathlib.Path(__file__).with_name("recipe_counts.json").read_text())[MAIN]
    assert {phase["name"]: phase["trainable"] for phase in trainable[:-1]} == counts["trainable"]


WRITTEN = ("attention_cnn", "resnet18_transfer", "attention_all")


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_served_is_written_once_and_read_as_it_predicts(name, drawn, trained, monkeypatch):
    folder, _, _ = trained(name)
    monkeypatch.setattr(write, "FEW", 2)
    list(write.export(folder / "model.keras", ("saved_model",), classes=drawn.class_names))
    stored = [name for name, _ in tf.train.list_variables(str(folder / "saved_model" / "variables" / "variables"))]
    assert sum(name.startswith("weights/") for name in stored) == len(stored) - 1, (
        "one graph of objects, each weight once"
    )
    loaded = tf.saved_model.load(str(folder / "saved_model"))
    served = loaded.serve(drawn.images[:2])
    np.testing.assert_allclose(served["probabilities"], np.load(folder / "predicted.npy"), rtol=1e-4, atol=1e-5)
    shutil.rmtree(folder / "saved_model")


@pytest.fixture(scope="module")
def on_jax(drawn, trained, tmp_path_factory):
    """Give {network or optimizer: what was done} of every one on JAX, and the folders in which the predictions lie."""
    folders, faces = [trained(name)[0] for name in architectures()], tmp_path_factory.mktemp("faces") / "faces.npy"
    np.save(faces, drawn.images[:2])
    env = os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}
    command = [sys.executable, "tests/recipes/on_jax.py", faces, *folders]
    done = subprocess.run(
        command, env=env | {"PYTHONPATH": "."}, cwd=ROOT, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split(": ") for line in done.stdout.splitlines()), folders


COMPILED = {"attention_cbam", "attention_all"}
CONTAINED = {
    *("attention_cnn", "hybrid_baseline_cnn", "vanilla_cnn", "vanilla_cnn_unnormalised", "residual_cnn", "compact"),
    *("compact_reduced", "compact_taught", "resnet34_attention_stages"),
    *("resnet50_cbam_5_torchvision", "hybrid_resnet50"),
    *("transfer_spatial_softmax", "transfer_all_parts"),
}
"""Networks whose layers are of classes that smaller networks have: their forward pass is held against TensorFlow's."""


@pytest.mark.slow
def test_each_network_predicts_the_same_on_jax(on_jax):
    for folder in on_jax[1]:
        predicted, on_tensorflow = (np.load(folder / name) for name in ("on_jax.npy", "predicted.npy"))
        np.testing.assert_allclose(predicted, on_tensorflow, rtol=1e-3, atol=1e-5, err_msg=folder.name)


@pytest.mark.slow
def test_every_network_and_optimizer_makes_a_step_on_jax(on_jax):
    steps, _ = on_jax
    networks = {name: how for name, how in steps.items() if not name.startswith("optimizer of ")}
    assert networks.keys() == set(architectures())
    assert {name for name, how in networks.items() if how == "compiled"} == COMPILED
    assert {name for name, how in networks.items() if how == "contained"} == CONTAINED
    assert {how for name, how in steps.items() if name not in COMPILED | CONTAINED} == {"lowered"}
