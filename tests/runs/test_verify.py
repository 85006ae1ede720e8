import json

import pytest

from fer_keras.commands.report import main
from fer_keras.evaluation.statistics import bootstrap
from fer_keras.runs import metrics_file, predictions
from fer_keras.runs.record import read_facts, save_record
from fer_keras.runs.verify import rebuild, verify


@pytest.fixture
def saved(make_run, tmp_path):
    return save_record(make_run(), tmp_path / "reports")


def edit(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_metrics_agree_with_their_predictions(saved, capsys):
    assert verify(saved.parents[1]) == (2, [])
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 0
    assert "2 sets of metrics agree" in capsys.readouterr().out


def test_the_last_digit_counts_and_a_rebuild_puts_it_right(saved, capsys):
    metrics, before = saved / "metrics.json", (saved / "metrics.json").read_bytes()
    edit(
        metrics,
        lambda content: content["metrics"]["test"].update(log_loss=content["metrics"]["test"]["log_loss"] + 1e-11),
    )
    _, faults = verify(saved.parents[1])
    assert len(faults) == 1
    assert faults[0].startswith("toy-cpu-seed0, test: log_loss is 1.")
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 1
    assert main(["--reports", str(saved.parents[1]), "--rebuild"]) == 0
    assert json.loads(metrics.read_bytes()) == json.loads(before)
    assert verify(saved.parents[1]) == (2, [])


def test_an_interval_is_a_bootstrap_of_the_predictions_and_a_changed_one_is_found(saved):
    metrics = json.loads((saved / "metrics.json").read_text())["metrics"]["test"]
    part = predictions.read(saved, read_facts(saved))["test"]
    for name, interval in bootstrap(part["labels"], part["probabilities"]).items():
        assert metrics["intervals"][name] == pytest.approx([interval.low, interval.high], rel=1e-11)
        assert metrics["intervals"][name][0] < metrics[name] < metrics["intervals"][name][1]
    edit(saved / "metrics.json", lambda content: content["metrics"]["test"]["intervals"]["accuracy"].reverse())
    (fault,) = verify(saved.parents[1])[1]
    assert fault.startswith("toy-cpu-seed0, test: intervals is {'accuracy': [")


def test_a_metric_that_metrics_json_lacks_needs_a_rebuild_and_no_new_record(saved, capsys):
    record = (saved / "record.json").read_bytes()
    edit(saved / "metrics.json", lambda content: content["metrics"]["test"].pop("ece"))
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 2
    assert "at metrics.test.ece in " in capsys.readouterr().err
    assert rebuild(saved.parents[1]) == [saved / "metrics.json"]
    assert rebuild(saved.parents[1]) == []
    assert (saved / "record.json").read_bytes() == record


def test_a_wrong_count_and_a_doubled_image_are_found(make_run, tmp_path):
    run_dir = make_run(change=lambda record: record["data"]["counts"]["test"].update(happy=999))
    record = read_facts(run_dir)
    splits = predictions.read(run_dir, record)
    splits["select"]["rows"][1] = splits["select"]["rows"][0]
    digest = predictions.save(run_dir / "predictions.npz", splits)
    edit(run_dir / "record.json", lambda content: content["predictions"].update(sha256=digest))
    metrics_file.rebuild(run_dir, read_facts(run_dir))
    faults = verify(save_record(run_dir, tmp_path).parents[1])[1]
    assert faults[0] == "toy-cpu-seed0, select: an image was predicted twice"
    assert faults[1].startswith("toy-cpu-seed0, test: the split has {")


def test_other_predictions_than_the_record_names_are_code_2(saved, make_run, capsys):
    other = make_run("other", seed=5)
    (saved / "predictions.npz").write_bytes((other / "predictions.npz").read_bytes())
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 2
    assert "Expected the predictions whose sha256 stands in the record of " in capsys.readouterr().err


def test_a_missing_prediction_file_is_code_2(saved, capsys):
    (saved / "predictions.npz").unlink()
    assert main(["--reports", str(saved.parents[1]), "--verify"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
