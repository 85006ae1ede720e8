"""Programs in processes of their own, forked from one that has loaded TensorFlow: loading it takes most of a short program.

A program's own start, and what reaches the terminal then, is tested with `subprocess` in tests/test_runtime.py and
tests/test_run.py.
"""

import multiprocessing
import os
import pathlib
import runpy
import signal
import sys

_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["tensorflow", "keras"])
LONGEST = 300
"""Seconds to wait for a program on a machine that has other things to do."""


class Program:
    """`python -m MODULE WORDS...` in `folder`, begun at once; `before` is called in its process first."""

    def __init__(self, folder: pathlib.Path, module: str, *words: str, before=None):
        self._out, self._err = folder / f".{id(self)}.out", folder / f".{id(self)}.err"
        arguments = (folder, self._out, self._err, module, words, before)
        self._process = _LOADED.Process(target=_run, args=arguments, daemon=True)
        self._process.start()

    def is_running(self) -> bool:
        return self._process.is_alive()

    def send_signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    def ended(self) -> tuple[int, str, str]:
        """Wait; return exit status, standard output and standard error."""
        self._process.join(LONGEST)
        assert not self.is_running(), "the program does not end"
        return self._process.exitcode, self._out.read_text(), self._err.read_text()


def _run(folder, out, err, module, words, before):
    for path, stream in ((out, sys.stdout), (err, sys.stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.pop("FER2013", None)
    os.environ["FER_KERAS_CACHE"] = str(folder / "cache")
    sys.argv = [module, *words]
    if before:
        before()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
