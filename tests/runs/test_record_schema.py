import json

import pytest

from fer_keras.io.errors import UserError
from fer_keras.runs.schema import RECORD, validate, validate_metrics


def metrics_of(record):
    return {"schema": 1, "predictions": "", "metrics": record["metrics"]}


def test_a_whole_record_is_valid_and_comes_back(toy_run):
    record = json.loads(json.dumps(toy_run[0]))
    assert validate(record, "record.json") is record


@pytest.mark.parametrize("key", [key for key in RECORD if not key.endswith("?")])
def test_every_key_is_required(toy_run, key):
    record = toy_run[0]
    del record[key]
    with pytest.raises(UserError) as error:
        validate(record, "results/toy/record.json")
    assert str(error.value) == f"Expected a value at {key} in results/toy/record.json. Received: none."


WRONG = {
    "seed": ("0", r"Expected int at seed in x\. Received: '0'"),
    "minutes": (True, r"Expected int or float at minutes in x\. Received: True"),
    "run": ("../toy", r"Expected a plain name"),
    "schema": (
        1,
        r"Expected 2 at schema in x\. Received: 1\. Convert it with python -m fer_keras\.report --migrate RUN\.",
    ),
    "history": ({}, r"Expected list at history"),
    "init": (
        {"kind": "ImageNet"},
        r"Expected one of imagenet, faces, teacher, scratch, file, checkpoint at init\.kind",
    ),
    "predictions": (
        {"file": "a.npz", "sha256": "", "splits": ["select"]},
        r"Expected test, the images that the headline is of at predictions\.splits",
    ),
    "reported": ([{"metric": "accuracy", "value": "58 %", "where": "", "split": "test"}], r"at reported\[0\]\.value"),
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_is_named_in_one_line(toy_run, key):
    value, message = WRONG[key]
    with pytest.raises(UserError, match=message) as error:
        validate(toy_run[0] | {key: value}, "x")
    assert "\n" not in str(error.value)


def test_a_fault_deep_inside_is_named_with_its_path(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    content["metrics"]["test"]["per_class"]["fear"]["recall"] = None
    with pytest.raises(
        UserError, match=r"Expected int or float at metrics\.test\.per_class\.fear\.recall in x\. Received: None"
    ):
        validate_metrics(content, record, "x")


def test_numbers_must_be_finite(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    content["metrics"]["test"]["log_loss"] = float("nan")
    with pytest.raises(UserError, match=r"Expected a finite number at metrics\.test\.log_loss"):
        validate_metrics(content, record, "x")


def test_what_a_training_accuracy_is_judged_by_must_be_there(toy_run):
    record = toy_run[0]
    record["history"][1]["accuracy"] = 1.5
    with pytest.raises(UserError, match=r"Expected a share from 0 to 1 at history\.accuracy in x\. Received: 1\.5"):
        validate(record, "x")
    record["history"][1]["accuracy"] = None
    validate(record, "x")
    record["data"]["counts"]["train"] = {}
    with pytest.raises(
        UserError, match=r"Expected the images of each class that were trained on at data\.counts\.train"
    ):
        validate(record, "x")


def test_a_confusion_must_be_square_and_sum_to_its_rows(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    content["metrics"]["test"]["confusion"][0][0] += 1
    with pytest.raises(UserError, match=r"at metrics\.test\.rows"):
        validate_metrics(content, record, "x")
    content["metrics"]["test"]["confusion"].pop()
    with pytest.raises(UserError, match="a square table"):
        validate_metrics(content, record, "x")


def test_counts_are_not_negative(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    row = content["metrics"]["test"]["confusion"][0]
    row[0], row[1] = row[0] + 99, row[1] - 99
    with pytest.raises(UserError, match=r"Expected counts from 0 at metrics\.test\.confusion"):
        validate_metrics(content, record, "x")


def test_an_interval_has_two_edges(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    content["metrics"]["test"]["intervals"]["accuracy"].append(1.0)
    with pytest.raises(UserError, match=r"Expected its low and its high at metrics\.test\.intervals\.accuracy"):
        validate_metrics(content, record, "x")


def test_what_is_no_object_is_no_record():
    with pytest.raises(UserError, match=r"Expected dict at top level in x\. Received: \[\]"):
        validate([], "x")


def test_metrics_are_those_of_the_records_splits(toy_run):
    record, content = toy_run[0], metrics_of(toy_run[0])
    assert validate_metrics(content, record, "x") == record["metrics"]
    del content["metrics"]["select"]
    with pytest.raises(UserError, match=r"Expected the splits select, test at metrics in x\. Received: test"):
        validate_metrics(content, record, "x")
