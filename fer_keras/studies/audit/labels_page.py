"""audit/labels.md: how far FER2013's labels and FER+'s agree, and what that leaves for a score, from labels.json."""

from pathlib import Path

import numpy as np

from fer_keras.io import files, specification
from fer_keras.io.errors import expected
from fer_keras.report import drift
from fer_keras.report.markdown import number, section, table
from fer_keras.report.page import PAGE as RUN_PAGE
from fer_keras.runs import predictions, splits
from fer_keras.runs.record import RESULTS
from fer_keras.studies.audit.audit_page import PROVENANCE, display, provenance

RECORD, PAGE = "labels.json", "labels.md"
ALL = "all"
SCHEMA = {
    "source": str,
    "fingerprint": str,
    "class_names": specification.Many(str),
    "splits": specification.Each(
        {
            "rows": specification.Each(int),
            "dropped": int,
            "contempt": int,
            "compared": int,
            "agree": int,
            "kappa": specification.MAYBE_NUMBER,
            "table": specification.Many(specification.Many(int)),
        }
    ),
    "provenance": PROVENANCE,
}

INTRO = """\
FER2013's label is one, found by a search engine's keyword and looked over; FER+ is ten people's votes on the same face.
FER+'s majority follows its authors' rules (single votes struck out, more than half of the rest needed). Rows without
such a majority, and those voted unknown or not a face, are *dropped*; *contempt* has no counterpart in FER2013. All
else is *compared*."""

CEILING = """\
On the rows compared, whoever repeats FER+'s majority to the letter scores the *agreement* on FER2013's labels, and
whoever repeats FER2013's labels scores it against FER+. So it estimates the ceiling: more than that on one labelling
means having learnt that labelling's own ways, right or wrong. The rows dropped are the hard ones, so over all rows the
ceiling is likely lower. A model that is right on a share a of the rows by FER2013's labels, of which q agree, is right
on at least a + q - 1 and at most 1 - |a - q| of them by FER+'s."""

IMPLIED = """\
*By FER2013* and *by FER+*: accuracy on the same PrivateTest rows, those compared. *Implied*: what the second would be if
a prediction depended on a face only through FER2013's label. By how much the measured one is higher, the model
sides with the voters where the two labels differ. *Bounds*: the least and most that the first leaves to the second."""


def read(path: Path) -> dict:
    """Return a checked labels.json. Raises UserError (file and key) for anything else."""
    record = specification.require(files.read_json(path), SCHEMA, str(path))
    size = len(record["class_names"])
    for split, part in record["splits"].items():
        sizes = [len(part["table"]), *map(len, part["table"])]
        right = sizes == [size] * (size + 1) and sum(map(sum, part["table"])) == part["compared"]
        if not right or list(part["rows"]) != record["class_names"]:
            raise expected(f"counts of {size} classes that sum up at splits.{split} in {path}", f"sizes {sizes}")
    if ALL not in record["splits"]:
        raise expected(f"splits.{ALL} in {path}", "none")
    return record


def render(record: dict, runs: str = "") -> str:
    """Return the page of a labels.json; `runs` is `runs_table`'s."""
    made = provenance(record["provenance"], f"python -m fer_keras.audit {record['source']}")
    parts = record["splits"]
    summary = f"{_share(parts[ALL])} of all rows compared agree" + "".join(
        f", {_share(part)} of {display(split)}'s" for split, part in parts.items() if split != ALL
    )
    found = [
        section("Do FER2013's labels agree with FER+'s?", f"{summary}.", INTRO, made, level=1),
        section("Agreement, by split", _by_split(parts), CEILING),
    ]
    for split, part in parts.items():
        found.append(section(f"By class: {_name(split)}", _by_class(part, record["class_names"])))
    found.append(section("FER2013's label (rows) by FER+'s (columns), all rows", _table(parts[ALL], record)))
    if runs:
        found.append(section("What our runs make of it", IMPLIED, runs))
    return "\n\n".join(found) + "\n"


def _name(split):
    return "all rows" if split == ALL else display(split)


def _share(part):
    return number("share", part["agree"] / part["compared"]) if part["compared"] else "none"


def _by_split(parts):
    header = ("rows of", "rows", "dropped", "contempt", "compared", "agree", "agreement", "Cohen's kappa")
    lines = []
    for split, part in parts.items():
        counts = (sum(part["rows"].values()), *(part[key] for key in ("dropped", "contempt", "compared", "agree")))
        kappa = None if part["kappa"] is None else f"{part['kappa']:.3f}"
        lines.append((_name(split), *(f"{n:,}" for n in counts), _share(part), kappa))
    return table(header, lines)


def _by_class(part, names):
    header = ("FER2013's label", "rows", "compared", "agree", "agreement", "FER+ says instead, most often")
    lines = []
    for n, name in enumerate(names):
        row = part["table"][n]
        others = sorted(
            ((count, other) for other, count in zip(names, row, strict=True) if other != name), reverse=True
        )
        told = ", ".join(f"{other} {number('share', count / sum(row))}" for count, other in others[:2] if count)
        share = number("share", row[n] / sum(row)) if sum(row) else None
        lines.append((name, f"{part['rows'][name]:,}", f"{sum(row):,}", f"{row[n]:,}", share, told or None))
    return table(header, lines)


def _table(part, record):
    names = record["class_names"]
    rows = zip(names, part["table"], strict=True)
    return table(("", *names), ((name, *(f"{n:,}" for n in row)) for name, row in rows))


def runs_table(records: dict[str, dict], reports_dir: Path) -> str:
    """Return the accuracies of each run that PrivateTest was scored in, by both labellings; "" without such runs."""
    lines = []
    for run, record in records.items():
        split = splits.private(record)
        if split and f"{split}_ferplus" in record["metrics"] and record["data"]["official"]:
            run_dir = Path(reports_dir) / RESULTS / run
            stored = predictions.read(run_dir, record)
            ours, theirs = stored[split], stored[f"{split}_ferplus"]
            found = implied(ours, theirs)
            bounds = " to ".join(number("accuracy", edge).removesuffix(" %") for edge in found["bounds"])
            cells = (number("accuracy", found[key]) for key in ("fer2013", "ferplus", "implied"))
            lines.append((f"[{run}](../{RESULTS}/{run}/{RUN_PAGE}){drift.mark(record)}", *cells, bounds))
    return table(("run", "by FER2013", "by FER+", "implied", "bounds"), lines) if lines else ""


def implied(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> dict:
    """Return {"fer2013", "ferplus": accuracies on the rows of `theirs`, "implied", "bounds": (low, high)}.

    `ours` and `theirs` are predictions (rows, labels, probabilities) with FER2013's labels and, for some of these rows,
    with FER+'s. "implied" is the second accuracy if the prediction and FER+'s label were independent given FER2013's.
    """
    place = {row: n for n, row in enumerate(ours["rows"].tolist())}
    label = ours["labels"][[place[row] for row in theirs["rows"].tolist()]]
    called, voted = theirs["probabilities"].argmax(axis=1), theirs["labels"]
    classes = theirs["probabilities"].shape[1]
    calls, votes = (np.zeros((classes, classes)) for _ in range(2))
    np.add.at(calls, (label, called), 1)
    np.add.at(votes, (label, voted), 1)
    rows = np.maximum(votes.sum(axis=1), 1)
    a, q = float((called == label).mean()), float((voted == label).mean())
    return {
        "fer2013": a,
        "ferplus": float((called == voted).mean()),
        "implied": float((calls * votes).sum(axis=1) @ (1 / rows) / len(label)),
        "bounds": (max(0.0, a + q - 1), 1 - abs(a - q)),
    }
