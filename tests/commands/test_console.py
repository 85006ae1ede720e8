"""A console that lacks a character and a pipe that is closed early end no command in a traceback."""

import importlib
import io
import os
import pathlib
import subprocess
import sys

import pytest

from fer_keras import recipes
from fer_keras.commands import ending, main, train
from fer_keras.config import recipe

ROOT = pathlib.Path(__file__).resolve().parents[2]


def every_command(*words: str):
    """Return {what a user types: a call of it with `words`} for every command and every experiment."""
    calls = {}
    for command in main.COMMANDS:
        module = importlib.import_module(f"fer_keras.commands.{command.replace('-', '_')}")
        calls[command] = lambda module=module: module.main([*words])
    for name in recipes.MODULES:
        calls[f"train {name}"] = lambda name=name: train.run_program(recipes.experiment(name), [*words])
    return calls


CALLS = {"fer-keras": lambda: main.main([]), "experiments": train.list_experiments, **every_command("--help")}
UNKNOWN = {name: call for name, call in every_command("--no-such-flag").items() if name != "train"}
"""`train` alone wants the name of an experiment first, and says so."""


def code_of(call) -> int:
    try:
        return call()
    except SystemExit as ended:
        return ended.code


@pytest.mark.parametrize("name", CALLS)
def test_a_console_of_plain_letters_shows_every_help(name, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert code_of(CALLS[name]) == 0
    assert written.getvalue().count(b"\n") > 1


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_flag_that_is_not_there_is_told_in_one_line(name, capsys):
    assert code_of(UNKNOWN[name]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert "error: " in told.err and "--help" in told.err


@pytest.mark.parametrize("name", CALLS)
def test_a_pipe_that_was_closed_ends_every_command_quietly(name, monkeypatch, capfd):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert code_of(CALLS[name]) == ending.CLOSED_PIPE
        monkeypatch.undo()
    assert capfd.readouterr() == ("", "")


def test_a_letter_that_the_console_lacks_is_written_as_its_number(monkeypatch):
    title = "Großes Netz \N{GREEK SMALL LETTER CHI}²"
    experiment = recipe.Experiment("named", "none", title, recipes.experiment("compact").recipes)
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert code_of(lambda: train.run_program(experiment, ["--help"])) == 0
    assert "Großes Netz \\u03c7²" in written.getvalue().decode("cp1252")


@pytest.mark.skipif(os.name == "nt", reason="a shell's pipe")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_head_reads_one_line_and_nobody_complains(unbuffered):
    command = f"{sys.executable} -m experiments | head -1"
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, shell=True, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.startswith("python -m experiments.")
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_disk_under_standard_output_is_one_line():
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "experiments"]
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: Cannot write: ") and done.stderr.count("\n") == 1
