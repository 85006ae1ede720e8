"""The processor time of a run: that of this process since the run before it, of other seeds or of its start, has ended."""

import time

_ended = 0.0


def used() -> float:
    """Return the seconds of processor that this process has used, over all its threads, since the last `end_run`."""
    return time.process_time() - _ended


def end_run() -> None:
    """Say that a run of this process has ended: what is used from now on is another one's."""
    global _ended
    _ended = time.process_time()
