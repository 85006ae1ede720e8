"""RAF-DB as a run's own data set, made up here: trained, selected, tested and reported under its own class order."""

import json

import numpy as np
import pytest
from PIL import Image

import fer_keras
from fer_keras.config.labels import RAFDB_CLASSES
from fer_keras.config.recipe import Data, Phase, Recipe
from fer_keras.config.settings import Optimizer
from fer_keras.models import saved
from fer_keras.runs import predictions

pytestmark = pytest.mark.slow

EACH = {"train": 20, "test": 3}
COUNTS = (("train", 140, "12,271"), ("test", 21, "3,068"))

RECIPE = Recipe(
    name="tiny_rafdb",
    title="A few weights on RAF-DB",
    model="compact",
    model_args={"image_size": 24, "widths": (8,), "pairs": (), "dropout": 0.0, "parts": ("branches",)},
    phases=(Phase("train", epochs=1, optimizer=Optimizer("adam", 1e-2)),),
    batch_size=16,
    data=Data("rafdb"),
    class_weights={"fear": 2.0, "surprise": 0.5},
    oversample={"fear": 2},
)


def release(root):
    """Write the authors' layout; image N of a split has label N mod 7 + 1 and noise of its own."""
    rows = [(split, number) for split, each in EACH.items() for number in range(1, 7 * each + 1)]
    (root / "EmoLabel").mkdir(parents=True)
    (root / "Image" / "aligned").mkdir(parents=True)
    for seed, (split, number) in enumerate(rows):
        pixels = np.random.default_rng(seed).integers(0, 256, (100, 100, 3), np.uint8)
        Image.fromarray(pixels).save(root / "Image" / "aligned" / f"{split}_{number:05}_aligned.jpg")
    lines = [f"{split}_{number:05}.jpg {number % 7 + 1}\n" for split, number in rows]
    (root / "EmoLabel" / "list_patition_label.txt").write_text("".join(lines))
    return root


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    root = tmp_path_factory.mktemp("rafdb")
    options = {"allow_unofficial": True, "quiet": True, "precision": "float32", "profile": "paper"}
    return fer_keras.train(RECIPE, data=str(release(root / "data")), out=root / "run", **options)


@pytest.fixture(scope="module")
def record(run):
    return json.loads((run.folder / "record.json").read_text())


def test_the_record_has_rafdbs_classes_in_its_order_and_its_division(record):
    data = record["data"]
    assert data["class_names"] == list(RAFDB_CLASSES)
    assert (data["select_name"], data["test_name"]) == ("10 % of Training", "RAF-DB's test")
    assert data["counts"] == {
        "train": dict.fromkeys(RAFDB_CLASSES, 18),
        "select": dict.fromkeys(RAFDB_CLASSES, 2),
        "test": dict.fromkeys(RAFDB_CLASSES, 3),
    }
    assert not data["synthetic"] and not data["official"] and data["source"] == "RAF-DB data"
    assert {f"split {split}: {number} rows instead of {published}" for split, number, published in COUNTS} <= set(
        data["unofficial_reasons"]
    )


def test_what_was_tested_are_the_test_images_under_their_labels(run, record):
    test = predictions.read(run.folder, record)["test"]
    numbers = test["rows"] - 100_000
    assert sorted(numbers.tolist()) == list(range(1, 22))
    assert test["labels"].tolist() == (numbers % 7).tolist()


def test_the_model_and_the_page_call_them_by_name(run):
    assert run.classifier().class_names == RAFDB_CLASSES
    assert list(run.metrics["test"]["per_class"]) == list(RAFDB_CLASSES)
    model = saved.load(run.folder / "model.keras")
    assert model.get_layer("branches").class_names == RAFDB_CLASSES and model.input_shape[1:] == (100, 100, 3)
    page = (run.folder / "report.md").read_text()
    assert "On RAF-DB's test." in page
    assert "| images | surprise | fear | disgust | happy | sad | angry | neutral | all |" in page
    assert "PrivateTest" not in page and "FER2013" not in page
