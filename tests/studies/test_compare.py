import re

import numpy as np
import pytest

from fer_keras.commands import compare
from fer_keras.runs import predictions
from fer_keras.runs.record import read_facts
from tests import made_up_run


def rewrite(run_dir, change):
    """Change the test predictions of a run."""
    splits = predictions.read(run_dir, read_facts(run_dir))
    made_up_run.rewrite(run_dir, splits | {"test": change(splits["test"])})


def test_two_runs_side_by_side(make_run, capsys):
    assert compare.main([str(make_run("a")), str(make_run("b", seed=1))]) == 0
    text = capsys.readouterr().out
    assert "A: toy-cpu-seed0\nB: toy-cpu-seed1\n300 faces of PrivateTest" in text
    assert re.search(r"\| accuracy \| \d\d\.\d\d % \| \d\d\.\d\d % \| [+-]\d+\.\d\d \| [+-]\S+ to [+-]\S+ \|", text)
    assert re.search(r"McNemar, exact: only A right \d+, only B right \d+, p = ", text)


def test_a_run_does_not_differ_from_its_shuffled_self(make_run, capsys):
    first, second = make_run("a"), make_run("b")
    order = np.random.default_rng(0).permutation(300)
    rewrite(second, lambda arrays: {key: array[order] for key, array in arrays.items()})
    assert compare.main([str(first), str(second)]) == 0
    assert "only A right 0, only B right 0, p = 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a | {"rows": a["rows"] + 1}, "Expected the same rows in .* 299 in common"),
        (
            lambda a: a | {"labels": (a["labels"] + (a["rows"] < 1003)) % 7},
            "Expected the same labels in .* 3 of 300 differ",
        ),
    ],
)
def test_other_rows_or_labels_are_one_line_and_code_2(make_run, capsys, change, message):
    first, second = make_run("a"), make_run("b")
    rewrite(second, change)
    assert compare.main([str(first), str(second)]) == 2
    error = capsys.readouterr().err
    assert re.match(f"error: {message}", error)
    assert error.count("\n") == 1


def test_a_split_that_a_run_does_not_have(make_run, capsys):
    assert compare.main([str(make_run("a")), str(make_run("b")), "--split", "private"]) == 2
    assert "Expected private predictions in" in capsys.readouterr().err
