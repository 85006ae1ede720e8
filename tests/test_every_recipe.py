"""Every recipe of every experiment: one step of each phase, saved, reloaded; every network exported.

One step runs eagerly, by far the cheapest way to see it; the compiled way is tested in tests/test_run.py.
"""

import contextlib
import dataclasses
import functools
import importlib

import keras
import numpy as np
import pytest
import tensorflow as tf

import experiments
from fer_keras import export, resolve
from fer_keras.data import development, toy
from fer_keras.models import builder
from fer_keras.train.phases import Trainer

RECIPES = {
    recipe.name: recipe
    for name in experiments.ALL
    for recipe in importlib.import_module(f"experiments.{name}").EXPERIMENT.recipes
}
ROWS = 4


@pytest.fixture(scope="module")
def drawn():
    return toy.toy_faces()


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


def _network(recipe, classes, channels, side):
    return builder(recipe.model)(**recipe.model_args, classes=classes, channels=channels, input_size=side)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_one_step_of_each_phase(name, drawn, tmp_path):
    recipe = resolve.as_run(RECIPES[name], "smoke", batch_size=ROWS)
    recipe = dataclasses.replace(recipe, init="scratch", oversample={})
    trainer = Trainer(
        recipe=recipe,
        seed=0,
        splits_of=functools.cache(functools.partial(_few, drawn)),
        build=lambda classes, channels, side: _network(recipe, classes, channels, side),
        initialise=lambda model: None,
        folder=tmp_path / "checkpoint",
        quiet=True,
    )
    with _op_by_op():
        trained = trainer.train()
    assert [row["phase"] for row in trained.history] == [phase.name for phase in recipe.phases]
    assert np.isfinite([row["loss"] for row in trained.history]).all()
    keras.saving.save_model(trained.model, tmp_path / "model.keras")
    reloaded = keras.saving.load_model(tmp_path / "model.keras")
    faces = drawn.images[:2]
    np.testing.assert_array_equal(_probabilities(reloaded, faces), _probabilities(trained.model, faces))


def _few(drawn, data):
    splits = development.divided(data, drawn, None, seed=0)
    return dataclasses.replace(
        splits, train=splits.train.take(np.arange(ROWS)), select=splits.select.take(np.arange(ROWS))
    )


def _probabilities(model, faces):
    return keras.ops.convert_to_numpy(model(faces, training=False))


def _architectures():
    """Return one recipe name for each network that recipes differ in, whatever their image sizes."""
    chosen = {}
    for name, recipe in RECIPES.items():
        arguments = {key: value for key, value in recipe.model_args.items() if key != "image_size"}
        chosen.setdefault((recipe.model, repr(sorted(arguments.items()))), name)
    return list(chosen.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", _architectures())
def test_each_network_is_served_as_it_predicts(name, drawn, tmp_path):
    recipe = resolve.as_run(RECIPES[name], "smoke")
    model = _network(recipe, 7, 1, 48)
    model.save(tmp_path / "model.keras")
    export.saved_model(tmp_path / "model.keras", tmp_path / "saved_model", drawn.class_names)
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))
    served = loaded.serve(drawn.images[:2])
    np.testing.assert_allclose(served["probabilities"], _probabilities(model, drawn.images[:2]), rtol=1e-4, atol=1e-5)
