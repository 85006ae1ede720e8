"""The page on the two labellings: its counts, what a run should score by them, and that it is checked."""

import json

import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.config.recipe import Experiment
from fer_keras.io.errors import UserError
from fer_keras.runs import predictions
from fer_keras.runs.record import read_facts, save_record
from fer_keras.studies.audit import labels_page
from fer_keras.studies.site import check, regenerate
from tests.made_up_run import rewrite, toy_recipe


def part(train):
    """Return the counts of eight rows, or of Training's six: angry 3, happy 2, and sad 3 or 1."""
    table = np.zeros((7, 7), int)
    table[0, 0], table[0, 1], table[3, 3], table[4, 4] = 2, 1, 1, 0 if train else 1
    return {
        "rows": dict.fromkeys(FER2013_CLASSES, 0) | {"angry": 3, "happy": 2, "sad": 1 if train else 3},
        "dropped": 1 if train else 2,
        "contempt": 1,
        "compared": int(table.sum()),
        "agree": int(np.trace(table)),
        "kappa": None if train else 0.70588,
        "table": table.tolist(),
    }


@pytest.fixture
def written(tmp_path):
    """reports/audit with a labels.json and its page."""
    folder = tmp_path / "reports" / "audit"
    folder.mkdir(parents=True)
    record = {
        "source": "fer2013.csv",
        "fingerprint": "ab" * 32,
        "class_names": list(FER2013_CLASSES),
        "splits": {"all": part(False), "train": part(True)},
        "provenance": {"commit": "0123456789abcdef", "dirty": True, "versions": {"numpy": "2"}, "processor": "CPU: x"},
    }
    (folder / "labels.json").write_text(json.dumps(record))
    (folder / "labels.md").write_text(labels_page.render(record))
    return folder


def test_the_page_says_the_shares(written):
    text = (written / "labels.md").read_text()
    assert text == labels_page.render(labels_page.read(written / "labels.json"))
    assert "**80.00 % of all compared images agree, 75.00 % of Training's.**" in text
    assert "| all images | 8 | 2 | 1 | 5 | 4 | 80.00 % | 0.706 |" in text
    assert "| Training | 6 | 1 | 1 | 4 | 3 | 75.00 % | — |" in text
    assert (
        "By `python -m fer_keras.audit fer2013.csv` at commit `0123456789ab` with uncommitted changes on CPU: x; numpy 2."
        in text
    )
    assert "| angry | 3 | 3 | 2 | 66.67 % | disgust 33.33 % |" in text
    assert "| fear | 0 | 0 | 0 | — | — |" in text
    assert "What our runs make of it" not in text


def test_the_page_says_how_frequent_each_class_is(written):
    text = (written / "labels.md").read_text().split("## How frequent each class is: Training")[1]
    assert "| angry | 3 (50.00 %) | 2 (40.00 %) |" in text and "| disgust | 0 (0.00 %) | 1 (20.00 %) |" in text
    assert "| happy | 2 (33.33 %) | 1 (20.00 %) |" in text and "| contempt | — | 1 (20.00 %) |" in text


def test_what_a_run_should_score_by_hand():
    rows = np.arange(4)
    ours = {"rows": np.arange(5), "labels": np.array([0, 0, 1, 1, 1])}
    theirs = {"rows": rows, "labels": np.array([0, 1, 1, 1]), "probabilities": np.eye(2)[[0, 1, 1, 0]]}
    found = labels_page.implied(ours, theirs)
    # label 0 is called 0, 1 and voted 0, 1; label 1 is called 1, 0 and voted 1, 1: (1/2 + 1/2 + 1/2 + 1/2) / 4 rows x 4
    assert found == {"fer2013": 0.5, "ferplus": 0.75, "implied": 0.5, "bounds": (0.25, 0.75)}


def test_runs_are_held_against_the_agreement(written, make_run):
    run = make_run()
    splits = predictions.read(run, read_facts(run))
    record = rewrite(run, splits | {"test_ferplus": {name: array[:200] for name, array in splits["test"].items()}})
    reports, suite = written.parent, [Experiment("toy", "999", "A paper of no one", (toy_recipe(),))]
    save_record(run, reports)
    assert written / "labels.md" in regenerate(reports, suite)
    accuracy = f"{100 * record['metrics']['test_ferplus']['accuracy']:.2f} %"
    line = f"| [toy-cpu-seed0](../results/toy-cpu-seed0/report.md) | {accuracy} | {accuracy} | {accuracy} | "
    assert line in (written / "labels.md").read_text()
    (written / "labels.md").write_text("100 %")
    assert check(reports, suite) == [written / "labels.md"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["splits"].pop("all"), "Expected splits.all in "),
        (lambda r: r["splits"]["train"]["table"].pop(), "counts of 7 classes that sum up at splits.train in "),
        (lambda r: r["splits"]["all"].update(compared=6), "that sum up at splits.all in "),
        (lambda r: r.pop("provenance"), "Expected a value at provenance in "),
    ],
)
def test_a_damaged_labels_json_is_a_line_for_the_user(written, change, message):
    record = json.loads((written / "labels.json").read_text())
    change(record)
    (written / "labels.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=message):
        labels_page.read(written / "labels.json")
