"""A real run in a process of its own: stopped, refused a second one, gone on with, and out of disk."""

import json
import resource
import signal
import time

import pytest

from fer_keras.runs import listing
from fer_keras.training import checkpoint
from tests.programs import LONGEST, Program

WORDS = ("--only", "hybrid_baseline_cnn", "--profile", "smoke", "--quiet", "--epochs", "5000", "--out", "run")

pytestmark = pytest.mark.slow


def start(folder, before=None):
    return Program(folder, "experiments.hybrid_resnet50", *WORDS, before=before)


def reached(folder):
    """Return how many epochs the run says it has behind it."""
    path = folder / "run" / "status.json"
    return json.loads(path.read_text()).get("epoch", 0) if path.exists() else 0


def wait_for_epoch(program, folder, epoch):
    until = time.monotonic() + LONGEST
    while reached(folder) < epoch:
        assert program.is_running(), program.ended()
        assert time.monotonic() < until, "no epoch was finished"
        time.sleep(0.2)


def ended(program):
    """Return exit status, output, and the program's own lines of stderr."""
    status, out, err = program.ended()
    assert "Traceback" not in err, err
    return status, out, [line for line in err.splitlines() if line.startswith(("error:", "Stopped."))]


def state(folder):
    return listing.listing(folder / "run")[1].split()[1]


def limit_files():
    """Let no file grow beyond 2 MB: the record fits, the checkpoint of 11 MB does not."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))


def test_a_run_is_stopped_gone_on_with_and_runs_out_of_disk(tmp_path):
    first = start(tmp_path)
    wait_for_epoch(first, tmp_path, 1)
    assert state(tmp_path) == "running"
    status, _, said = ended(start(tmp_path))
    assert (status, said) == (2, ["error: run is in use by another run. Wait for it, or choose another --out."])
    first.send_signal(signal.SIGTERM)
    status, _, said = ended(first)
    assert (status, said) == (130, ["Stopped. The same command resumes the run from its last checkpoint."])
    assert state(tmp_path) == "interrupted"

    before = reached(tmp_path)
    second = start(tmp_path)
    wait_for_epoch(second, tmp_path, before + 1)
    second.send_signal(signal.SIGINT)
    status, out, said = ended(second)
    assert (status, said) == (130, ["Stopped. The same command resumes the run from its last checkpoint."])
    assert "Going on after epoch" in out and f"Epoch {before + 1}/" in out and f"Epoch {before}/" not in out

    folder = tmp_path / "run" / "checkpoint"
    saved = {path.name: path.read_bytes() for path in folder.iterdir()}
    status, _, said = ended(start(tmp_path, before=limit_files))
    full = f"Cannot write run/checkpoint/{checkpoint.NEWEST}: File too large. Free space or choose another place."
    assert (status, said) == (2, [f"error: {full}"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == saved
    assert listing.listing(tmp_path / "run")[2].strip() == full
    assert state(tmp_path) == "failed"
