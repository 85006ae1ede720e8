"""The page of recorded range tests."""

import json

import pytest

from fer_keras.io.errors import UserError
from fer_keras.studies import lr_find_page

RECORD = {
    "recipe": "resnet18_transfer",
    "phase": "train",
    "profile": "cpu",
    "seed": 0,
    "init": {"kind": "scratch"},
    "data": {"source": "fer2013.csv", "fingerprint": "ab", "official": True, "training_rows": 22967},
    "batch_size": 64,
    "rates": [1e-4, 1e-3],
    "losses": [2.0, 1.9],
    "suggested": {"steepest": 0.02, "minimum_tenth": 0.01, "at_the_end": False},
    "recipe_rate": 0.0229,
    "environment": {"device": "CPU", "precision": "float32"},
}


def write(folder, record):
    path = folder / "lr_find" / "resnet18_transfer" / "lr_find.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(record))


def test_a_record_is_shown_beside_the_recipes_rate(tmp_path):
    write(tmp_path, RECORD)
    text = lr_find_page.page(tmp_path)
    assert "| suggested, steepest descent | 2.00e-02 |" in text and "| rate of the recipe | 2.29e-02 |" in text
    assert "(lr_find/resnet18_transfer/lr_find.png)" in text
    assert "a range test from random weights, under the profile cpu, suggests" in text


def test_without_a_record_there_is_no_page(tmp_path):
    assert lr_find_page.page(tmp_path) is None


def test_a_faulty_record_is_named(tmp_path):
    write(tmp_path, RECORD | {"recipe_rate": "high"})
    with pytest.raises(UserError, match=r"recipe_rate.*lr_find\.json"):
        lr_find_page.page(tmp_path)
