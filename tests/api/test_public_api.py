"""The public names: they come lazily, their examples are right, and a run can be had from Python alone."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

import fer_keras
from fer_keras.io.errors import UserError


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_importing_the_package_loads_nothing_heavy():
    done = python("import fer_keras, sys; print({'numpy', 'keras', 'tensorflow', 'PIL'} & set(sys.modules))")
    assert (done.stdout, done.returncode) == ("set()\n", 0)


@pytest.mark.parametrize("name", [name for name in fer_keras.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_documented(name):
    assert name in dir(fer_keras)
    assert getattr(fer_keras, name).__doc__


def test_no_module_of_the_package_takes_a_public_names_place():
    modules = {module.name for module in pkgutil.iter_modules(fer_keras.__path__)}
    assert modules & set(fer_keras.__all__) == set()


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'fer_keras' has no attribute 'load_modle'"):
        _ = fer_keras.load_modle


@pytest.mark.parametrize(
    "module", ["classifier", "datasets", "evaluate", "export", "models", "recipes", "runs", "train"]
)
def test_the_examples_are_right(module, monkeypatch):
    monkeypatch.delenv("FER2013", raising=False)
    place = importlib.import_module(f"fer_keras.api.{module}")
    results = doctest.testmod(place, extraglobs={name: getattr(fer_keras, name) for name in fer_keras.__all__})
    assert results.failed == 0


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown architecture 'resnet51'"):
        fer_keras.create_model("resnet51")
    with pytest.raises(ValueError, match="Expected a recipe in .* Received: 'hybrid'"):
        fer_keras.get_recipe("hybrid")
    with pytest.raises(TypeError, match="Expected options among data, .* Received: epoch"):
        fer_keras.train("vanilla_cnn", epoch=3)
    with pytest.raises(UserError, match="Expected a format .saved_model, litert, onnx.. Received: 'torch'"):
        fer_keras.export("runs/none", "torch")
    with pytest.raises(UserError, match="Expected .* gone.keras. Received: No such file"):
        fer_keras.load_model("gone.keras")
    with pytest.raises(UserError, match="Expected a run directory with a readable record.json"):
        fer_keras.open_run("runs/none")


@pytest.mark.slow
def test_a_recipe_of_ones_own_is_trained_opened_and_used(custom_run):
    run = custom_run
    assert run.report.is_file()
    assert (run.record["experiment"], run.record["recipe"], run.record["title"]) == ("custom", "mine", "Mine")
    assert len(run.record["history"]) == 1
    again = fer_keras.open_run(run.folder)
    assert again.metrics == run.metrics
    part = run.predictions["test"]
    assert np.mean(part["probabilities"].argmax(axis=1) == part["labels"]) == pytest.approx(
        run.metrics["test"]["accuracy"]
    )
    classifier, faces = again.classifier(), fer_keras.load_dataset("drawn")
    private = faces.where("private")
    predicted = classifier.predict(private.images[:5])
    assert [prediction.emotion for prediction in predicted] == [
        private.class_names[label] for label in classifier.probabilities(private.images[:5]).argmax(axis=1)
    ]
    assert fer_keras.evaluate(classifier, faces, "private")["rows"] == len(private)
