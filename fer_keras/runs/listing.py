"""The runs under a folder: what they are doing, and how much room they take."""

import os
import pathlib

from fer_keras.io import files, text
from fer_keras.io.errors import UserError, expected
from fer_keras.runs import directory, status

HEADER = ("run", "state", "phase", "epoch", "last metrics", "time left", "size", "started")
UNREADABLE = "unreadable"


def listing(folder: pathlib.Path) -> list[str]:
    """Return the lines of the table: one for every run directory in `folder` (or `folder` itself), by name.

    A failed run has its reason in a line below. Raises UserError when `folder` is no folder that can be read.
    """
    try:
        if directory.is_run(folder):
            run_dirs = [folder]
        else:
            run_dirs = sorted(path for path in folder.iterdir() if directory.is_run(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise expected(f"a folder of runs at {folder}", reason, "Name it: fer-keras runs DIR.") from error
    if not run_dirs:
        return [f"No runs in {folder}."]
    rows, reasons = zip(*map(_row, run_dirs), strict=True)
    widths = [max(map(len, column)) for column in zip(HEADER, *rows, strict=True)]
    lines = [_line(HEADER, widths)]
    for row, reason in zip(rows, reasons, strict=True):
        lines += [_line(row, widths), *([f"    {reason}"] if reason else [])]
    return lines


def _row(run: pathlib.Path) -> tuple[tuple[str, ...], str]:
    """Return the cells of a run, and why it failed ("" when it did not)."""
    name, size = _plain(run.resolve().name), _size(_bytes_in(run))
    try:
        now = status.read(run)
    except UserError as error:
        return (name, UNREADABLE, "-", "-", "-", "-", size, "-"), _plain(str(error))
    state = now["state"]
    left = now.get("seconds_left") if state == status.RUNNING else None
    metrics = _tested(run) if state == status.DONE else _trained(now.get("metrics"))
    cells = (
        name,
        state,
        _of(now.get("phase"), now.get("phase_number"), now.get("phases")),
        _over(now.get("epoch"), now.get("epochs")),
        metrics,
        text.spell(left) if _is_number(left) else "-",
        size,
        _plain(str(now.get("started", "-")))[:16].replace("T", " "),
    )
    return cells, _plain(str(now.get("reason", ""))) if state == status.FAILED else ""


def _of(phase, number, phases) -> str:
    return "-" if phase is None else f"{_plain(str(phase))[:24]} ({_over(number, phases)})"


def _over(part, whole) -> str:
    return f"{part}/{whole}" if _is_number(part) and _is_number(whole) else "-"


def _trained(metrics) -> str:
    """Return the last epoch's training loss and accuracy on the selection rows."""
    metrics = metrics if isinstance(metrics, dict) else {}
    loss, selected = metrics.get("loss"), metrics.get("select_accuracy")
    words = [f"loss {loss:.3f}"] if _is_number(loss) else []
    words += [f"selection {100 * selected:.2f} %"] if _is_number(selected) else []
    return ", ".join(words) or "-"


def _tested(run: pathlib.Path) -> str:
    try:
        accuracy = files.read_json(run / directory.METRICS)["metrics"]["test"]["accuracy"]
    except (UserError, KeyError, TypeError, IndexError):
        return "-"
    return f"test {100 * accuracy:.2f} %" if _is_number(accuracy) else "-"


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _plain(text: str) -> str:
    """Return `text` without anything that a terminal would obey."""
    return "".join(c if c.isprintable() and c.isascii() else "?" for c in text)


def _bytes_in(folder: pathlib.Path) -> int:
    """Return the bytes of all files in `folder`; links are not followed, and what vanishes meanwhile does not count."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:
                continue
    return total


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _line(cells, widths) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
