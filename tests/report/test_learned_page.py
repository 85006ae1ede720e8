"""What we learned: the tally of verdicts, and the notes written by hand."""

from fer_keras.config.recipe import Experiment
from fer_keras.report import learned, notes, result_groups
from fer_keras.runs.record import load_records
from tests.made_up_run import toy_recipe

SUITE = [
    Experiment("toy", "999", "A paper of no one", (toy_recipe(), toy_recipe("never_run"))),
    Experiment("own", "the suite's own", "No paper", (toy_recipe("mine"),)),
]


def as_printed(record):
    record |= {"run": "toy-paper-seed0", "profile": "paper", "deviations": []}


def test_what_ran_is_counted_and_linked(tmp_path, make_run):
    make_run("results/toy-paper-seed0", change=as_printed)
    rows = result_groups.rows(SUITE, load_records(tmp_path))
    text = learned.page(SUITE, rows, tmp_path)
    # Of the record's three numbers: recall of happy is missed or met, accuracy .99 is missed, log loss 9 is bettered.
    assert "| 999 | A paper of no one | 1 of 2 |" in text
    assert "| [toy](results/toy-paper-seed0/report.md) | accuracy (Table 1) | 99.00 % |" in text
    assert "Not run yet: `never_run`. [All its rows](999_toy.md)." in text
    assert "No paper" not in text


def test_numbers_by_class_that_cannot_be_compared_are_counted(tmp_path, make_run):
    numbers = ("accuracy", "recall/happy", "f1/sad", "confusion/fear/sad")
    printed = [{"metric": metric, "value": 0.5, "where": "Table 1", "split": "test"} for metric in numbers]

    def change(record):
        as_printed(record)
        record["data"]["synthetic"], record["reported"] = True, printed

    make_run("results/toy-paper-seed0", change=change)
    text = learned.page(SUITE, result_groups.rows(SUITE, load_records(tmp_path)), tmp_path)
    assert "| 999 | A paper of no one | 1 of 2 | 0 | 0 | 0 | 0 | 4 |" in text
    assert "| accuracy (Table 1) | 50.00 % |" in text
    assert "| 3 more, by class | — | — | cannot be compared | synthetic faces |" in text
    assert "recall of happy" not in text


def test_shortened_runs_are_shown_and_not_counted(tmp_path, make_run):
    make_run("results/toy-cpu-seed0")
    text = learned.page(SUITE, result_groups.rows(SUITE, load_records(tmp_path)), tmp_path)
    assert "| 999 | A paper of no one | 0 of 2 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| [toy](results/toy-cpu-seed0/report.md) | accuracy (Table 1) | 99.00 % |" in text


def test_a_recipe_that_was_run_as_printed_is_counted_by_that_run_alone(tmp_path, make_run):
    make_run("results/toy-cpu-seed0")
    make_run("results/toy-paper-seed0", change=as_printed)
    text = learned.page(SUITE, result_groups.rows(SUITE, load_records(tmp_path)), tmp_path)
    assert "| 999 | A paper of no one | 1 of 2 |" in text
    for run in ("toy-cpu-seed0", "toy-paper-seed0"):
        assert f"| [toy](results/{run}/report.md) | accuracy (Table 1) | 99.00 % |" in text


def test_notes_stand_where_they_belong(tmp_path):
    folder = tmp_path / notes.NOTES
    folder.mkdir()
    (folder / "toy.md").write_text("It has no copy.\n")
    (folder / "general.md").write_text("Seeds matter.\n")
    text = learned.page(SUITE, result_groups.rows(SUITE, {}), tmp_path)
    assert text.index("## Paper 999") < text.index("It has no copy.") < text.index("## In general")
    assert text.endswith("Seeds matter.\n")
