"""Small pieces of Markdown, and how numbers are written in it."""

import re
from collections.abc import Iterable

from fer_keras.evaluation.statistics import Interval

DASH = "—"
NUMERIC = re.compile(rf"[+-]?[\d.](?!.*([A-Za-z]{{5}}|§))|{DASH}$")
PLAIN = ("log_loss", "chi_square", "chi_square_dof")
"""Metrics that are no fractions and are shown as they are; all others in per cent."""


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; a column of numbers is aligned right. None becomes a dash.

    A number is what starts like one and has no word of five letters behind it.
    """
    header, rows = ([cell(item) for item in header], [[cell(item) for item in row] for row in rows])
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    marks = ["---:" if column and all(NUMERIC.match(text) for text in column) else "---" for column in columns]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, marks, *rows))


def cell(item: object) -> str:
    """Return `item` fit for a table cell: no line break, no bar, a dash for None."""
    return DASH if item is None else str(item).replace("\n", " ").replace("|", "\\|")


def section(title: str, *blocks: str, level: int = 2) -> str:
    """Return a heading with its blocks, empty ones left out, one blank line between."""
    return "\n\n".join([f"{'#' * level} {title}", *(block for block in blocks if block)])


def details(summary: str, *blocks: str) -> str:
    """Return blocks that a reader unfolds; the blank lines let what is inside be Markdown."""
    return "\n\n".join(
        ["<details>", f"<summary>{summary}</summary>", *(block for block in blocks if block), "</details>"]
    )


def bullets(items: Iterable[str], none: str = "Nothing.") -> str:
    """Return a list, or the line `none`."""
    return "\n".join(f"- {item}" for item in items) or none


def metric_name(name: str) -> str:
    """Return "recall of happy" for "recall/happy", "fear taken for sad" for "confusion/fear/sad"."""
    kind, *classes = name.split("/")
    if kind == "confusion":
        return f"{classes[0]} taken for {classes[1]}"
    words = {"macro_f1": "macro F1", "weighted_f1": "weighted F1", "f1": "F1", "chi_square": "chi-square"}
    word = words.get(kind, kind.replace("chi_square_dof", "chi-square degrees of freedom").replace("_", " "))
    return f"{word} of {classes[0]}" if classes else word


def published(name: str, value: float, least: float | None) -> str:
    """Return a published number, or a range of them from `least` on, as text."""
    return (
        number(name, value) if least is None else f"{number(name, least).removesuffix(' %')} to {number(name, value)}"
    )


def number(name: str, value: float | None, signed: bool = False) -> str:
    """Return `value` of metric `name` as text: per cent, or three decimals for log loss; None is a dash."""
    if value is None:
        return DASH
    sign = "+" if signed else ""
    if name == "chi_square_dof":
        return f"{value:{sign}.0f}"
    if name in PLAIN:
        return f"{value:{sign}.{3 if name == 'log_loss' else 2}f}"
    return f"{100 * value:{sign}.2f}" if signed else f"{100 * value:.2f} %"


def interval(name: str, found: Interval | None) -> str:
    """Return "57.20 to 60.40", in the unit of the metric."""
    if found is None:
        return DASH
    low, high = (number(name, edge).removesuffix(" %") for edge in (found.low, found.high))
    return f"{low} to {high}"


def minutes(value: float) -> str:
    """Return a duration: "45 s", "12 min", "3.2 h"."""
    if value < 1:
        return f"{60 * value:.0f} s"
    return f"{value:.0f} min" if value < 90 else f"{value / 60:.1f} h"


def parameters(total: int) -> str:
    """Return "25.6 M" for 25,610,159 and "939 k" for 939,120."""
    return f"{total / 1e6:.1f} M" if total >= 1e6 else f"{total / 1e3:.0f} k"
