"""What the last profile of a training step says stands in the way of a goal."""

from benchmarks.common import load
from benchmarks.torch_step import KINDS


def sentence(name: str, size: int, other: str) -> str:
    """Return what the last profile says of `name` at `size` px beside `other`, "no profile was recorded" without one."""
    data = load("step_profile")
    rows = {row[2]: row[3:] for row in data["rows"] if row[:2] == [name, f"{size}"]} if data else {}
    if not {"ours", other} <= set(rows):
        return "no profile was recorded"
    ours, theirs = ([float(value) for value in rows[whose]] for whose in ("ours", other))
    parts = ("a step", *KINDS, "between")
    beside = ", ".join(f"{part} {a:.0f} ({b:.0f})" for part, a, b in zip(parts, ours, theirs, strict=True))
    return f"the profile below, milliseconds of ours and in brackets of {other}: {beside}"
