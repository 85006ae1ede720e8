"""A made-up run: a random classifier that is right more often than not, with every key that a record must have."""

import dataclasses
import json

import numpy as np
import pytest

from fer_keras.config import resolve
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.config.recipe import Phase, Recipe, Reported
from fer_keras.config.settings import Optimizer
from fer_keras.runs import directory, metrics_file
from fer_keras.runs import predictions as stored
from fer_keras.runs.record import read_record


def toy_recipe(name: str = "toy", **changes) -> Recipe:
    """Return the recipe that made-up runs are of, with `changes`."""
    recipe = Recipe(
        name=name,
        title=f"Title of {name}",
        model="vanilla_cnn",
        model_args={"image_size": 224},
        phases=(Phase("all", 1, Optimizer("adam", 1e-3)),),
        batch_size=2,
        reported=(Reported("accuracy", 0.99, "Table 1"),),
        assumed=("An assumption.",),
    )
    return dataclasses.replace(recipe, **changes)


def predictions(seed: int, rows: int = 300) -> dict[str, np.ndarray]:
    """Return rows, labels (every class occurs) and float32 probabilities that favour the true class."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 7
    scores = rng.normal(size=(rows, 7))
    scores[np.arange(rows), labels] += 1.5
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return {"rows": np.arange(1000, 1000 + rows), "labels": labels, "probabilities": shares.astype(np.float32)}


def counts_of(part: dict) -> dict[str, int]:
    return dict(zip(FER2013_CLASSES, np.bincount(part["labels"], minlength=7).tolist(), strict=True))


def record_of(parts: dict[str, dict], seed: int) -> dict:
    """Return the valid record.json of a run that predicted `parts` {split: predictions}, without metrics."""
    recipe = toy_recipe()
    epochs = [("frozen", 1), ("frozen", 2), ("all", 1), ("all", 2), ("all", 3)]
    return {
        "schema": 2,
        "run": f"toy-cpu-seed{seed}",
        "experiment": "toy",
        "paper": "999",
        "paper_title": "A paper of no one",
        "recipe": "toy",
        "title": "Toy network",
        "published": resolve.as_data(recipe),
        "as_run": resolve.as_data(dataclasses.replace(recipe, batch_size=4)),
        "deviations": [{"field": "batch_size", "published": 2, "run": 4}],
        "assumed": ["Batch size 32."],
        "changed": [],
        "reported": [
            {"metric": "accuracy", "value": 0.99, "where": "Table 1", "split": "test"},
            {"metric": "recall/happy", "value": 0.6, "where": "§6.2", "split": "test"},
            {"metric": "log_loss", "value": 9.0, "where": "§6.1", "split": "select"},
        ],
        "profile": "cpu",
        "seed": seed,
        "init": {"kind": "scratch", "file": None, "sha256": None, "note": ""},
        "data": {
            "source": "fer2013.csv",
            "fingerprint": "ab" * 32,
            "official": True,
            "synthetic": False,
            "unofficial_reasons": [],
            "class_names": list(FER2013_CLASSES),
            "split": "official",
            "test_name": "PrivateTest",
            "select_name": "PublicTest",
            "counts": {"train": dict.fromkeys(FER2013_CLASSES, 40)}
            | {split: counts_of(part) for split, part in parts.items()},
            "overlap": None,
        },
        "parameters": {
            "total": 25_610_159,
            "phases": [{"name": "frozen", "trainable": 2_048}, {"name": "all", "trainable": 25_000_000}],
        },
        "history": [
            {
                "phase": phase,
                "epoch": epoch,
                "loss": 2 / (i + 1),
                "accuracy": 0.2 + 0.1 * i,
                "select_loss": None if i == 1 else 2.1 / (i + 1),
                "select_accuracy": None if i == 1 else 0.15 + 0.1 * i,
                "select_balanced_accuracy": None if i == 1 else 0.1 + 0.1 * i,
                "learning_rate": 1e-3,
                "seconds": 30.0,
            }
            for i, (phase, epoch) in enumerate(epochs)
        ],
        "selected": {"phase": "all", "epoch": 3, "monitor": "balanced_accuracy", "value": 0.5},
        "environment": {
            "device": "CPU",
            "backend": "tensorflow",
            "precision": "bfloat16",
            "versions": {"keras": "3.15.1"},
            "commit": "0123456789abcdef",
            "dirty": False,
            "cpu_count": 2,
        },
        "minutes": 12.3,
        "started": "2025-01-01T00:00:00+00:00",
        "finished": "2025-01-01T00:12:18+00:00",
        "access": [{"split": "test", "when": "2025-01-01T00:12:00+00:00", "why": "final evaluation"}],
        "predictions": {"file": directory.PREDICTIONS, "sha256": "cd" * 32, "splits": list(parts)},
    }


def rewrite(run_dir, splits: dict[str, dict]) -> dict:
    """Store `splits` as the predictions of the run in `run_dir`, with the metrics that follow; return its record."""
    path = run_dir / "record.json"
    record = json.loads(path.read_text())
    record["predictions"] |= {"sha256": stored.save(run_dir / directory.PREDICTIONS, splits), "splits": list(splits)}
    path.write_text(json.dumps(record))
    metrics_file.rebuild(run_dir, record)
    return read_record(run_dir)


@pytest.fixture
def make_run(tmp_path):
    """Return make_run(name="run", seed=0, change=lambda record: None) -> directory with record, predictions and metrics.

    `change` is given the record with its metrics, which are written apart from it.
    """

    def make(name="run", seed=0, change=lambda record: None):
        run_dir = tmp_path / name
        run_dir.mkdir(parents=True)
        parts = {"select": predictions(seed + 100), "test": predictions(seed)}
        record = record_of(parts, seed)
        record["predictions"]["sha256"] = stored.save(run_dir / directory.PREDICTIONS, parts)
        record["metrics"] = metrics_file.compute(record, stored.read(run_dir, record))
        change(record)
        metrics = {"schema": 1, "predictions": record["predictions"]["sha256"], "metrics": record.pop("metrics")}
        (run_dir / "record.json").write_text(json.dumps(record))
        (run_dir / directory.METRICS).write_text(json.dumps(metrics))
        return run_dir

    return make


@pytest.fixture
def toy_run(make_run):
    """Return a valid record with its metrics, and the predictions of its splits, {split: arrays}, in memory."""
    run_dir = make_run("toy_run")
    record = read_record(run_dir)
    return record, stored.read(run_dir, record)
