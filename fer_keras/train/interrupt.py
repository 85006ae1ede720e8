"""Ctrl-C and SIGTERM end a run between two steps, after a checkpoint; a second one ends it at once."""

import signal


class Interrupted(Exception):
    """Training was asked to stop and has been saved."""


class StopRequest:
    """Context in which the first SIGINT or SIGTERM only sets `asked`. Outside the main thread it changes nothing."""

    def __init__(self):
        self.asked = False
        self._before = {}

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
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
