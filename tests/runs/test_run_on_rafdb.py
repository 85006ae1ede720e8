"""A recipe on RAF-DB, from images to page: the proof that a data set of the registry is a run's own."""

import json

import numpy as np
import pytest
from PIL import Image

from fer_keras.api.train import train
from fer_keras.config.labels import RAFDB_CLASSES
from fer_keras.config.recipe import Data, Phase, Recipe
from fer_keras.config.settings import Optimizer
from fer_keras.models import saved

pytestmark = pytest.mark.slow

RECIPE = Recipe(
    name="on_rafdb",
    title="A small network on RAF-DB",
    model="compact",
    model_args={"image_size": 48, "widths": (4, 4), "pairs": (0,), "parts": ("branches",)},
    data=Data("rafdb"),
    class_weights={"fear": 2.0},
    oversample={"fear": 2},
    batch_size=32,
    phases=(Phase("only", 1, Optimizer("adam", 1e-3)),),
)
TRAINED, TESTED = 140, 28


def images(root):
    rng, lines = np.random.default_rng(0), []
    (root / "Image" / "aligned").mkdir(parents=True)
    for split, number in (("train", TRAINED), ("test", TESTED)):
        for row in range(1, number + 1):
            pixels = rng.integers(0, 256, (100, 100, 3), np.uint8)
            Image.fromarray(pixels).save(root / "Image" / "aligned" / f"{split}_{row:05}_aligned.jpg")
            lines.append(f"{split}_{row:05}.jpg {1 + row % 7}")
    (root / "list_patition_label.txt").write_text("\n".join(lines))
    return root


def test_a_recipe_on_rafdb_trains_selects_tests_and_reports_with_rafdbs_classes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = train(RECIPE, data=str(images(tmp_path / "raf")), allow_unofficial=True, quiet=True, out=tmp_path / "run")
    record = json.loads((tmp_path / "run" / "record.json").read_text())
    data = record["data"]
    assert data["class_names"] == list(RAFDB_CLASSES) and data["source"] == "RAF-DB raf"
    assert data["counts"]["test"] == dict.fromkeys(RAFDB_CLASSES, TESTED // 7)
    assert [sum(data["counts"][part].values()) for part in ("train", "select", "test")] == [126, 14, TESTED]
    assert (data["select_name"], data["test_name"]) == ("10 % of Training", "RAF-DB's test")
    assert not data["official"] and data["unofficial_reasons"][0] == "split train: 140 rows instead of 12,271"
    assert list(run.metrics["test"]["per_class"]) == list(RAFDB_CLASSES)
    model = saved.load(tmp_path / "run" / "model.keras")
    assert model.get_layer("branches").class_names == RAFDB_CLASSES and model.input_shape[1:] == (100, 100, 3)
    assert saved.class_names(tmp_path / "run" / "model.keras", model) == RAFDB_CLASSES
    page = (tmp_path / "run" / "report.md").read_text()
    assert "| faces | surprise | fear | disgust | happy | sad | angry | neutral | all |" in page
    assert "PrivateTest" not in page and "FER2013" not in page
