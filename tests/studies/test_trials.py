"""The list of trials: what is read of a run, what is refused, and the page that its JSON gives."""

import json

import pytest

from fer_keras.commands.report import main
from fer_keras.io.errors import UserError
from fer_keras.report import drawings
from fer_keras.studies import trials
from fer_keras.studies.site import check

PARTS = {part: {"rows": 5, "accuracy": 0.5, "entropy": 1.0} for part in ("train", "select")}


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "DRAWINGS", ())
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


def taught(record):
    record["minutes"] = 12.0
    record["teachers"] = {
        "file": "teachers.npz",
        "sha256": "ab" * 32,
        "minutes": 3.0,
        "runs": [
            {
                **{"run": "a", "recipe": "toy", "seed": 0, "sha256": "cd" * 32, "minutes": 45.0, "trained_on": 5},
                **PARTS,
                "history": [{"split": "official", "seed": 0}],
            }
        ],
        "mean": PARTS,
    }


def test_a_trial_is_what_its_run_did_on_public_test_teachers_compute_included(reports, make_run):
    run = make_run(change=taught)
    trial = trials.add(reports, run, "Kept:\n  it gained.")
    metrics = json.loads((run / "metrics.json").read_text())["metrics"]
    assert metrics["select"]["accuracy"] != metrics["test"]["accuracy"]
    assert trial == {
        "date": "2025-01-01",
        "what": "toy, seed 0, batch_size 4 (published 2)",
        "epochs": 5,
        "public_accuracy": metrics["select"]["accuracy"],
        "hours": 1.0,
        "decided": "Kept: it gained.",
        "run": "toy-cpu-seed0",
        "started": "2025-01-01T00:00:00+00:00",
    }
    assert trials.read(reports) == [trial]
    assert str(metrics["test"]["accuracy"]) not in (reports / trials.RECORD).read_text()


def test_the_same_run_again_takes_its_earlier_place_and_another_joins(reports, make_run):
    first = make_run()
    trials.add(reports, first, "Kept.")
    trials.add(reports, make_run("second", seed=1), "Dropped.")
    trials.add(reports, first, "Dropped after all.")
    assert [(t["run"], t["decided"]) for t in trials.read(reports)] == [
        ("toy-cpu-seed0", "Dropped after all."),
        ("toy-cpu-seed1", "Dropped."),
    ]


def test_the_page_links_recorded_runs_and_says_what_is_not_known():
    of = {"date": None, "epochs": None, "public_accuracy": None, "hours": None, "decided": "Kept."}
    listed = [
        of | {"what": "a", "run": None, "epochs": 8, "public_accuracy": 0.663, "hours": 0.63},
        of | {"what": "b", "run": "here"},
        of | {"what": "c", "run": "gone"},
    ]
    lines = trials.page(listed, {"here": {}}).splitlines()
    assert "| — | a | 8 | 66.30 % | 0.63 | Kept. | no record |" in lines
    assert "| — | b | — | — | — | Kept. | [here](results/here/report.md) |" in lines
    assert "| — | c | — | — | — | Kept. | gone, not under results/ |" in lines
    assert lines[2] == "**3 trials; 0.6 hours in the 1 whose time is known.**"


def test_the_command_adds_the_trial_and_the_check_covers_its_page(reports, make_run, capsys):
    assert main(["--reports", str(reports), "--trial", str(make_run()), "--decided", "Kept."]) == 0
    assert str(reports / trials.PAGE) in capsys.readouterr().out
    assert check(reports) == []
    page = reports / trials.PAGE
    page.write_text(page.read_text().replace("Kept.", "Dropped."))
    assert check(reports) == [page]
    (reports / trials.RECORD).write_text('{"trials": [{"what": 3}]}')
    assert main(["--reports", str(reports), "--check"]) == 2
    assert "Expected a value at trials[0].date in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "decided", "says"),
    [
        (lambda r: None, "  ", "--decided, what the trial decided in words. Received: '  '"),
        (lambda r: r["data"].update(select_name="10 % of Training"), "Kept.", "selects on FER2013's PublicTest"),
        (lambda r: r["data"].update(official=False, synthetic=True), "Kept.", "selects on FER2013's PublicTest"),
    ],
)
def test_what_is_no_trial_is_refused_and_nothing_is_written(reports, make_run, change, decided, says):
    with pytest.raises(UserError, match=says):
        trials.add(reports, make_run(change=change), decided)
    assert not (reports / trials.RECORD).exists()


def test_flags_that_need_each_other(reports, capsys):
    assert main(["--reports", str(reports), "--decided", "Kept."]) == 2
    assert capsys.readouterr().err == "error: Expected --trial RUN with --decided. Received: none.\n"
