"""The processor time of a run counts the processes before the last."""

import os
import signal
import time

import pytest

from fer_keras.training import checkpoint, processor_time
from fer_keras.training.interrupt import Interrupted
from tests.training.test_faults import trainer


def stop_after_an_epoch(toy, folder):
    with pytest.raises(Interrupted):
        trainer(toy, folder, on_epoch=lambda history, left: os.kill(os.getpid(), signal.SIGTERM)).train()


def test_processor_time_of_earlier_processes_counts(toy, tmp_path):
    stop_after_an_epoch(toy, tmp_path)
    stopped = time.process_time()
    again = trainer(toy, tmp_path).train()
    assert 0 < again.cpu_seconds_before <= stopped
    assert trainer(toy, tmp_path / "anew").train().cpu_seconds_before == 0


def test_a_run_does_not_pay_for_the_run_before_it_in_the_same_process(monkeypatch):
    spent = iter((50.0, 50.0, 62.5))
    monkeypatch.setattr(processor_time, "_ended", 0.0)
    monkeypatch.setattr(processor_time.time, "process_time", lambda: next(spent))
    assert processor_time.used() == 50.0
    processor_time.end_run()
    assert processor_time.used() == 12.5


def test_a_checkpoint_that_does_not_say_its_processor_time(toy, tmp_path, monkeypatch):
    save = checkpoint.save

    def without(folder, model, progress, best):
        del progress["cpu_seconds"]
        save(folder, model, progress, best)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save", without)
        stop_after_an_epoch(toy, tmp_path)
    assert trainer(toy, tmp_path).train().cpu_seconds_before is None
