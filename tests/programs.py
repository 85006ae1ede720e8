"""Programs in processes of their own, forked from one that has loaded TensorFlow: loading it takes most of a short program.

A program's own start, and what reaches the terminal then, is tested with `subprocess` in tests/test_runtime.py and
tests/test_run.py.
"""

import dataclasses
import multiprocessing
import os
import pathlib
import runpy
import signal
import sys
from collections.abc import Callable

_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["tensorflow", "keras"])
LONGEST = 300
"""Seconds to wait for a program on a machine that has other things to do."""


class Program:
    """`python -m MODULE WORDS...` in `folder`, or `python -c CODE`, begun at once.

    `before` is called in its process first; `environment` is that of this process but for its names, of which None has none.
    """

    def __init__(self, folder: pathlib.Path, module: str, *words: str, code="", before=None, **environment):
        self._out, self._err = folder / f".{id(self)}.out", folder / f".{id(self)}.err"
        whole = {**os.environ, "FER2013": None, "FER_KERAS_CACHE": str(folder / "cache"), **environment}
        run = _Run(folder, (self._out, self._err), module, words, code, before, whole)
        self._process = _LOADED.Process(target=run.run, daemon=True)
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


@dataclasses.dataclass(frozen=True)
class _Run:
    """What the forked process does."""

    folder: pathlib.Path
    printed: tuple[pathlib.Path, pathlib.Path]
    module: str
    words: tuple[str, ...]
    code: str
    before: Callable | None
    environment: dict

    def run(self) -> None:
        for path, stream in zip(self.printed, (sys.stdout, sys.stderr), strict=True):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update({name: value for name, value in self.environment.items() if value is not None})
        sys.argv = [self.module, *self.words]
        if self.before:
            self.before()
        try:
            if self.code:
                exec(self.code, {"__name__": "__main__"})
            else:
                runpy.run_module(self.module, run_name="__main__", alter_sys=True)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
