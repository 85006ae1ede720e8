import json

import numpy as np
import pytest

from fer_keras.commands.report import main
from fer_keras.runs.record import save_record
from fer_keras.runs.verify import verify


@pytest.fixture
def saved(make_run, tmp_path):
    return save_record(make_run(), tmp_path / "reports")


def edit(saved, change):
    record = json.loads((saved / "record.json").read_text())
    change(record)
    (saved / "record.json").write_text(json.dumps(record))


def test_metrics_agree_with_their_predictions(saved, capsys):
    assert verify(saved.parents[1]) == (2, [])
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 0
    assert "2 sets of metrics agree" in capsys.readouterr().out


def test_the_last_digit_counts(saved, capsys):
    edit(saved, lambda record: record["metrics"]["test"].update(log_loss=record["metrics"]["test"]["log_loss"] + 1e-11))
    _, faults = verify(saved.parents[1])
    assert len(faults) == 1
    assert faults[0].startswith("toy-cpu-seed0, test: log_loss is 1.")
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 1


def test_a_dropped_or_doubled_row_is_found(saved):
    edit(saved, lambda record: record["data"]["counts"]["test"].update(happy=999))
    path = saved / "predictions_select.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["rows"][1] = arrays["rows"][0]
    np.savez(path, **arrays)
    faults = verify(saved.parents[1])[1]
    assert faults[0] == "toy-cpu-seed0, select: a row was predicted twice"
    assert faults[1].startswith("toy-cpu-seed0, test: the split has {")


def test_a_missing_prediction_file_is_code_2(saved, capsys):
    (saved / "predictions_test.npz").unlink()
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
