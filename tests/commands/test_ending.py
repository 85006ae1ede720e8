"""How a command ends: in one line, whatever the disk, the folder or the user do to it."""

import errno
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from fer_keras import recipes
from fer_keras.commands.ending import run_command
from fer_keras.config.options import Options
from fer_keras.io import files
from fer_keras.io.errors import UserError, expected

FULL = os.strerror(errno.ENOSPC)


@pytest.fixture(autouse=True)
def the_handlers_that_were_there():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_sigterm_outside_of_training_ends_as_ctrl_c_does(capsys):
    assert run_command(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 130
    assert capsys.readouterr().err == "Stopped. The same command resumes the run from its last checkpoint.\n"


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, FULL, "x.png"), OSError(errno.EDQUOT, "quota"), RuntimeError(f"RESOURCE_EXHAUSTED: {FULL}")],
)
def test_a_full_disk_is_one_line_whoever_finds_it(error, capsys):
    def fail():
        raise error

    assert run_command(fail) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: Cannot write: ") and said.count("\n") == 1


def test_other_errors_of_the_program_are_not_hidden():
    with pytest.raises(FileNotFoundError):
        run_command(lambda: os.stat("/nowhere"))


@pytest.mark.parametrize("folder", ["/proc/run", "/dev/null/run"])
def test_a_place_that_takes_no_files_is_known_before_the_first_step(folder):
    with (
        pytest.raises(UserError, match=f"Cannot write to {folder}: .* Choose another --out."),
        files.locked(pathlib.Path(folder)),
    ):
        pass


def test_a_place_where_nothing_can_be_recorded_is_known_before_the_first_step(tmp_path, monkeypatch):
    from fer_keras.api.run import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    (tmp_path / "reports").write_text("a file")
    experiment = recipes.experiment("hybrid_resnet50")
    with pytest.raises(UserError, match="Cannot write to reports/results: .* leave out --record"):
        run(experiment, experiment.recipe("hybrid_baseline_cnn"), Options(record=True, quiet=True))
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]


def test_what_came_out_of_a_file_is_shown_short_and_without_control_characters():
    assert str(expected("a\nb\x1b[2J", "x" * 10_000)) == f"Expected a b?[2J. Received: {'x' * 597}...."


def test_a_file_becomes_the_previous_one_only_when_the_next_is_whole(tmp_path):
    path, before = tmp_path / "state", tmp_path / "state-before"
    for text in ("one", "two"):
        files.write(path, lambda part, text=text: part.write_text(text), previous=before)
    assert (path.read_text(), before.read_text()) == ("two", "one")

    def full(part):
        part.write_text("half")
        raise OSError(errno.ENOSPC, FULL)

    with pytest.raises(UserError, match=FULL):
        files.write(path, full, previous=before)
    assert {found.name: found.read_text() for found in tmp_path.iterdir()} == {"state": "two", "state-before": "one"}


def test_a_program_that_writes_into_a_limited_file_names_it(tmp_path):
    program = (
        "import pathlib, resource; from fer_keras.commands import ending; from fer_keras.io import files; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); "
        "print(ending.run_command(lambda: files.write(pathlib.Path('x'), lambda part: part.write_bytes(bytes(5000)))))"
    )
    env = os.environ | {"PYTHONPATH": str(pathlib.Path(__file__).resolve().parents[2])}
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stdout == "2\n", done.stderr
    assert done.stderr == "error: Cannot write x: File too large. Free space or choose another place.\n"
    assert list(tmp_path.iterdir()) == []
