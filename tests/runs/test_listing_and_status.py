"""What is shown of runs: while they work, after they died, and when what lies there is no run."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

from fer_keras.commands import runs
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.io.text import spell
from fer_keras.runs import directory, listing
from fer_keras.runs.status import DONE, FAILED, INTERRUPTED, RUNNING, Status, read

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = {"phase": "two", "epoch": 4, "loss": 1.25, "accuracy": 0.5, "learning_rate": 1e-3, "select_accuracy": 0.4375}
HOLD = """
import pathlib, sys, time
from fer_keras.io import files
with files.locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def train_in(folder):
    """Leave a checkpoint in `folder`, which makes the run there begun."""
    files.write(folder / directory.CHECKPOINT / "state.npz", lambda part: part.write_bytes(b"x"))


def status(folder):
    return Status(folder, {"one": 3, "two": 10}, "2026-01-02T03:04:05+00:00")


@pytest.fixture
def holder(tmp_path):
    """Return hold(folder): a process that holds the run directory until it is killed."""
    started = []

    def hold(folder):
        words = [sys.executable, "-c", HOLD, str(folder)]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.communicate()


def test_an_epoch_is_stated_with_its_place_metrics_and_time_left(tmp_path):
    with status(tmp_path).watching() as running:
        running.epoch([ROW], 5400.0)
        assert json.loads((tmp_path / "status.json").read_text()) == {
            "state": RUNNING,
            "started": "2026-01-02T03:04:05+00:00",
            "phase": "two",
            "phase_number": 2,
            "phases": 2,
            "epoch": 5,
            "epochs": 10,
            "metrics": {
                "loss": 1.25,
                "accuracy": 0.5,
                "select_loss": None,
                "select_accuracy": 0.4375,
                "select_balanced_accuracy": None,
            },
            "learning_rate": 0.001,
            "seconds_left": 5400.0,
        }
    assert json.loads((tmp_path / "status.json").read_text())["state"] == DONE


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (KeyboardInterrupt(), INTERRUPTED, None),
        (UserError("Training diverged: loss nan at step 7."), FAILED, "Training diverged: loss nan at step 7."),
        (ZeroDivisionError("by\nzero"), FAILED, "ZeroDivisionError: by zero"),
    ],
)
def test_what_ends_a_run_is_its_state_and_passes_through(tmp_path, error, state, reason):
    with pytest.raises(type(error)), status(tmp_path).watching():
        raise error
    found = read(tmp_path)
    assert (found["state"], found.get("reason")) == (state, reason)


def test_a_run_that_is_resumed_keeps_its_place_and_loses_its_reason(tmp_path):
    train_in(tmp_path)
    with pytest.raises(UserError), status(tmp_path).watching() as running:
        running.epoch([ROW], 1.0)
        raise UserError("full")
    with Status(tmp_path, {"one": 3, "two": 10}, "later").watching():
        found = json.loads((tmp_path / "status.json").read_text())
    assert (found["state"], found["phase"], found["epoch"]) == (RUNNING, "two", 5)
    assert found["started"] == "2026-01-02T03:04:05+00:00"
    assert not {"reason", "seconds_left"} & found.keys()


def test_what_failed_before_anything_was_trained_leaves_nothing_to_the_next_request(tmp_path):
    with pytest.raises(UserError), status(tmp_path).watching() as running:
        running.epoch([ROW], 1.0)
        raise UserError("Expected memory for steps of batch size 512. Received: out of memory.")
    with Status(tmp_path, {"one": 3}, "later").watching():
        assert json.loads((tmp_path / "status.json").read_text()) == {"state": RUNNING, "started": "later"}


def test_a_full_disk_does_not_hide_why_the_run_ended(tmp_path, monkeypatch):
    def full(path, value):
        raise UserError("Cannot write status.json")

    with pytest.raises(UserError, match="Training diverged"), status(tmp_path).watching():
        monkeypatch.setattr(files, "write_json", full)
        raise UserError("Training diverged")


def test_a_run_is_running_while_its_process_lives_and_interrupted_once_it_was_killed(tmp_path, holder):
    folder = tmp_path / "run"
    status(folder).epoch([ROW], 60.0)
    process = holder(folder)
    assert read(folder)["state"] == RUNNING
    with pytest.raises(UserError, match="in use by another run"), files.locked(folder):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert read(folder)["state"] == INTERRUPTED
    with files.locked(folder):
        pass


def test_what_a_killed_process_left_half_written_is_removed_by_the_next(tmp_path):
    (tmp_path / "checkpoint").mkdir()
    (tmp_path / "checkpoint" / ".state.npz.part123.npz").write_bytes(b"half")
    (tmp_path / "checkpoint" / "state.npz").write_bytes(b"whole")
    with files.locked(tmp_path):
        assert [path.name for path in (tmp_path / "checkpoint").iterdir()] == ["state.npz"]


def test_a_glance_at_the_lock_does_not_turn_a_run_away(tmp_path, monkeypatch):
    """The listing holds the lock for a moment; a run that starts just then tries again."""
    (tmp_path / ".lock").touch()
    with open(tmp_path / ".lock") as glance:
        files.fcntl.flock(glance, files.fcntl.LOCK_SH)
        monkeypatch.setattr(files.time, "sleep", lambda seconds: glance.close())
        with files.locked(tmp_path):
            assert glance.closed


def test_the_list_shows_every_state(tmp_path, holder, capsys):
    for name in ("a-running", "b-killed", "c-failed", "d-done", "e-broken", "f-no-run"):
        (tmp_path / name).mkdir()
    for name in ("a-running", "b-killed"):
        status(tmp_path / name).epoch([ROW], 5400.0)
    holder(tmp_path / "a-running")
    with pytest.raises(UserError), status(tmp_path / "c-failed").watching():
        raise UserError("Training diverged: loss nan at step 7.")
    (tmp_path / "d-done" / "record.json").write_text("{}")
    metrics = {"metrics": {"test": {"accuracy": 0.6625}}}
    (tmp_path / "d-done" / "metrics.json").write_text(json.dumps(metrics))
    (tmp_path / "d-done" / "model.keras").write_bytes(bytes(2_500_000))
    (tmp_path / "e-broken" / "status.json").write_text("{")
    assert runs.main([str(tmp_path)]) == 0
    lines = [re.split(r"\s{2,}", line) for line in capsys.readouterr().out.splitlines()]
    size = r"\d+ B"
    wanted = [
        ["run", "state", "phase", "epoch", "last metrics", "time left", "size", "started"],
        [
            "a-running",
            "running",
            r"two \(2/2\)",
            "5/10",
            "loss 1.250, selection 43.75 %",
            "1 h 30 min",
            size,
            "2026-01-02 03:04",
        ],
        [
            "b-killed",
            "interrupted",
            r"two \(2/2\)",
            "5/10",
            "loss 1.250, selection 43.75 %",
            "-",
            size,
            "2026-01-02 03:04",
        ],
        ["c-failed", "failed", "-", "-", "-", "-", size, "2026-01-02 03:04"],
        ["", r"Training diverged: loss nan at step 7\."],
        ["d-done", "done", "-", "-", "test 66.25 %", "-", "3 MB", "-"],
        ["e-broken", "unreadable", "-", "-", "-", "-", "1 B", "-"],
        ["", "Expected JSON in .*"],
    ]
    for cells, patterns in zip(lines, wanted, strict=True):
        assert len(cells) == len(patterns) and all(map(re.fullmatch, patterns, cells)), (cells, patterns)


def test_a_run_directory_itself_an_empty_folder_and_none(tmp_path, capsys):
    assert listing.listing(tmp_path) == [f"No runs in {tmp_path}."]
    for mark in (directory.MANIFEST, directory.OLD_MANIFEST):
        (tmp_path / mark).write_text("{}")
        assert listing.listing(tmp_path)[1].split()[:2] == [tmp_path.name, INTERRUPTED]
        (tmp_path / mark).unlink()
    assert runs.main([str(tmp_path / "none")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_the_list_loads_nothing_heavy():
    heavy = "bad = {'tensorflow', 'keras', 'numpy'} & set(sys.modules); sys.exit(repr(bad) if bad else 0)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, fer_keras.commands.runs; {heavy}"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_durations_in_words():
    words = ["unknown time", "45 s", "1 min 15 s", "1 h 30 min"]
    assert [spell(seconds) for seconds in (float("nan"), 45.0, 75.0, 5400.0)] == words
