"""Many jobs by each engine: what runs when, what is told, and what a stop leaves."""

import signal
import sys

import pytest

from fer_keras.commands import engines
from fer_keras.io.errors import UserError

WAIT = """
import pathlib, time
for _ in range(1500):
    if pathlib.Path({!r}).exists(): break
    time.sleep(0.02)
else: raise SystemExit("waited in vain")
"""


def job(recipe, seed, program):
    return engines.Job(recipe, seed, 1.0, "", (sys.executable, "-c", program), "none")


def marks(path):
    return f"import pathlib; pathlib.Path({str(path)!r}).touch()\n"


def waits_for(path):
    return WAIT.format(str(path))


def test_recipes_run_beside_each_other_and_seeds_one_after_the_other(tmp_path, capsys):
    """Each recipe waits for the other; the second seed fails where the first has not ended."""
    a, b, c = (tmp_path / name for name in "abc")
    after = f"import pathlib, sys; sys.exit(0 if pathlib.Path({str(c)!r}).exists() else 3)"
    left = [
        job("first", 0, marks(a) + waits_for(b) + marks(c)),
        job("first", 1, after),
        job("second", 0, marks(b) + waits_for(a)),
    ]
    outcomes = engines.beside(left, 2, tmp_path / "logs")
    assert [(one.name, one.code) for one in outcomes] == [
        ("first, seed 0", 0),
        ("first, seed 1", 0),
        ("second, seed 0", 0),
    ]
    assert "first, seed 1: finished" in capsys.readouterr().out


def test_output_is_in_a_file_and_the_last_line_of_a_failure_told(tmp_path, capsys):
    program = """
import os, sys
print(os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"], flush=True)
sys.exit("error: no weights\\n")
"""
    (outcome,) = engines.beside([job("first", 7, program)], 2, tmp_path / "logs")
    assert outcome == engines.Outcome("first, seed 7", 1, "error: no weights")
    assert (tmp_path / "logs" / "first-seed7.log").read_text().split() == ["false", "error:", "no", "weights"]
    assert capsys.readouterr().out.endswith("first, seed 7: ended with exit code 1\n")


SAVES = """
import os, pathlib, signal, sys, time
def save(*_):
    time.sleep(0.3)
    pathlib.Path({saved!r}).touch()
    sys.exit(130)
signal.signal(signal.SIGTERM, save)
os.kill(os.getppid(), signal.SIGINT)
time.sleep(30)
pathlib.Path({late!r}).touch()
"""
"""Presses the parent's Ctrl-C, and takes a while to save when it is told to end."""


@pytest.mark.parametrize("engine", ["beside", "told"])
def test_a_stop_lets_what_runs_save_and_begins_no_more(tmp_path, engine):
    stops = SAVES.format(saved=str(tmp_path / "saved"), late=str(tmp_path / "late"))
    left = [job("first", 0, stops), job("first", 1, marks(tmp_path / "next"))]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            if engine == "beside":
                engines.beside(left, 2, tmp_path / "logs")
            else:
                list(map(engines.told, left))
    finally:
        signal.signal(signal.SIGINT, before)
    assert {path.name for path in tmp_path.iterdir()} - {"logs"} == {"saved"}


def test_logs_that_cannot_be_written_are_told(tmp_path):
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(UserError, match="Cannot write to .*logs"):
        engines.beside([job("first", 0, "")], 2, tmp_path / "logs")
    (tmp_path / "other" / "first-seed0.log").mkdir(parents=True)
    first, second = engines.beside([job("first", 0, ""), job("second", 0, "")], 2, tmp_path / "other")
    assert first.code == 1 and "Is a directory" in first.said and second.code == 0
