"""status.json of a run directory: how far the run is, for whoever looks while it works or after it died.

It says what the run last said of itself. Whether the process is still there is asked of the lock (`files.held`), which
the kernel lets go when a process ends, not of a process number, which another process may have by then.
"""

import contextlib
import pathlib
from collections.abc import Iterator

from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.runs import directory

RUNNING, INTERRUPTED, FAILED, DONE = "running", "interrupted", "failed", "done"
CARRIED = ("started", "phase", "phase_number", "phases", "epoch", "epochs", "metrics", "learning_rate")
SHOWN = ("loss", "accuracy", "select_loss", "select_accuracy", "select_balanced_accuracy")


class Status:
    """Writes the status.json of one run.

    Args:
        folder: the run directory.
        epochs: {phase: number of its epochs}, in order.
        started: when it begins, ISO 8601; a run that is resumed keeps when it began first.
    """

    def __init__(self, folder: pathlib.Path, epochs: dict[str, int], started: str):
        self.path = pathlib.Path(folder) / directory.STATUS
        self._epochs, self._fields = epochs, {"started": started} | self._before()

    def _before(self) -> dict:
        """Return where an earlier process left this run, which is where this one resumes; {} where it trained nothing."""
        if not directory.is_begun(self.path.parent):
            return {}
        try:
            left = files.read_json(self.path)
        except UserError:
            return {}
        return {key: value for key, value in left.items() if key in CARRIED} if isinstance(left, dict) else {}

    @contextlib.contextmanager
    def watching(self) -> Iterator["Status"]:
        """State `running` now, and at the end what became of the run: an exception passes through, and is its reason."""
        self._write(RUNNING)
        try:
            yield self
        except KeyboardInterrupt:
            self._last_word(INTERRUPTED)
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            self._last_word(FAILED, reason=" ".join(reason.split())[:500])
            raise
        self._write(DONE)

    def epoch(self, history: list[dict], seconds_left: float) -> None:
        """State what the last epoch of `history` gave. `seconds_left` may be no number, which becomes null."""
        row = history[-1]
        phases = list(self._epochs)
        self._fields |= {
            "phase": row["phase"],
            "phase_number": phases.index(row["phase"]) + 1,
            "phases": len(phases),
            "epoch": row["epoch"] + 1,
            "epochs": self._epochs[row["phase"]],
            "metrics": {name: row.get(name) for name in SHOWN},
            "learning_rate": row["learning_rate"],
            "seconds_left": seconds_left,
        }
        self._write(RUNNING)

    def _write(self, state: str, **fields) -> None:
        files.write_json(self.path, {"state": state, **self._fields, **fields})

    def _last_word(self, state: str, **fields) -> None:
        """A full disk may be why the run ends; that it cannot be told here must not hide it."""
        with contextlib.suppress(UserError):
            self._write(state, **fields)


def read(folder: pathlib.Path) -> dict:
    """Return the status of a run directory, {} where there is none, with `state` as it is now.

    A run that has its record is done; one that says it is running without holding its lock was interrupted.
    Raises UserError for a status.json that is no such thing.
    """
    folder = pathlib.Path(folder)
    path = folder / directory.STATUS
    status = files.read_json(path) if path.exists() else {}
    if not isinstance(status, dict):
        status = {}
    state = status.get("state")
    if files.held(folder):
        state = RUNNING
    elif directory.is_finished(folder):
        state = DONE
    elif state != FAILED:
        state = INTERRUPTED
    return status | {"state": state}
