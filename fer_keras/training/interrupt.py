"""Ctrl-C, SIGTERM and a closed terminal end a run between two steps, after a checkpoint; a second one ends it at once."""

import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """Training was asked to stop and has been saved."""


class StopRequest:
    """Context in which the first of SIGNALS only sets `asked`.

    One that the program was started to ignore (nohup, a job in the background) stays ignored. Outside the main thread
    nothing is changed.
    """

    def __init__(self):
        self.asked = False
        self._before = {}

    def __enter__(self):
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_IGN:
                continue
            try:
                self._before[number] = signal.signal(number, self._note)
            except ValueError:
                return self
        return self

    def __exit__(self, *exc):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number, frame):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
