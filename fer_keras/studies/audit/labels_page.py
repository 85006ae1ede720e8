"""audit/labels.md: how far FER2013's labels and FER+'s agree, and what that leaves for a score, from labels.json."""

from pathlib import Path

import numpy as np

from fer_keras.io import files, specification
from fer_keras.io.errors import expected
from fer_keras.report import drift
from fer_keras.report.markdown import details, number, section, table
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
FER2013 has one label per image, from the keyword of a search engine, checked by its authors. FER+ has ten people's votes on
each of the same images. Its majority follows FER+'s own rules: single votes are dropped, and more than half of the rest is
needed. Images without such a majority, and those voted unknown or not a face, are *dropped*. *Contempt* has no counterpart
in FER2013. All others are *compared*."""

CEILING = """\
*Kappa* is Cohen's. A model that always predicts FER+'s majority scores the *agreement* on FER2013's labels, and a model that
always predicts FER2013's labels scores it against FER+. It is therefore a rough ceiling: a higher score on one set of
labels means that the model has learnt that set's own habits. The dropped images are the hard ones, so over all images the
ceiling is probably lower. Let a be a model's accuracy by FER2013's labels and q the agreement: by FER+'s labels it is at
least a + q - 1 and at most 1 - |a - q|."""

FREQUENT = """\
Shares of the labelled images: by FER2013's label, and by FER+'s majority where there is one. `resnet34_cbam_ferplus` learns the
second before the first, in place of paper 000's AffectNet (its Fig. 1)."""

IMPLIED = """\
*By FER2013* and *by FER+*: accuracy on the same PrivateTest images, those compared. *Implied*: the second accuracy if a
prediction depended on the image only through FER2013's label. A measured value above it means that the model agrees
with the voters where the two labels differ. *Bounds*: the lowest and highest value that the first accuracy allows."""


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
    by = provenance(record["provenance"], f"python -m fer_keras.audit {record['source']}")
    parts, names = record["splits"], record["class_names"]
    summary = f"{_share(parts[ALL])} of all compared images agree" + "".join(
        f", {_share(part)} of {display(split)}'s" for split, part in parts.items() if split != ALL
    )
    by_split = [
        section(f"By class: {display(split)}", _by_class(part, names), level=3)
        for split, part in parts.items()
        if split != ALL
    ]
    blocks = [
        section("Do FER2013's labels agree with FER+'s?", f"**{summary}.**", level=1),
        section("Agreement, by split", _by_split(parts), CEILING),
        section("By class: all images", _by_class(parts[ALL], names)),
        details("By class, in each split", *by_split) if by_split else "",
        section("FER2013's label (one line each) by FER+'s (columns), all images", _table(parts[ALL], record)),
        section("How frequent each class is: Training", FREQUENT, _frequencies(parts["train"], names))
        if "train" in parts
        else "",
        section("Accuracy of our runs by both labels", IMPLIED, details("All runs", runs)) if runs else "",
        section("Method", INTRO, by),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _name(split):
    return "all images" if split == ALL else display(split)


def _share(part):
    return number("share", part["agree"] / part["compared"]) if part["compared"] else "none"


def _by_split(parts):
    header = ("split", "images", "dropped", "contempt", "compared", "agree", "agreement", "kappa")
    lines = []
    for split, part in parts.items():
        counts = (sum(part["rows"].values()), *(part[key] for key in ("dropped", "contempt", "compared", "agree")))
        kappa = None if part["kappa"] is None else f"{part['kappa']:.3f}"
        lines.append((_name(split), *(f"{n:,}" for n in counts), _share(part), kappa))
    return table(header, lines)


def _by_class(part, names):
    header = ("FER2013's label", "images", "compared", "agree", "agreement", "most frequent other labels in FER+")
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


def _frequencies(part, names):
    """Return how many images have each class by FER2013 and by FER+, whose contempt comes last."""
    majority = [sum(column) for column in zip(*part["table"], strict=True)]
    cells = [*_counted(part["rows"].values()), None], _counted([*majority, part["contempt"]])
    return table(("class", "FER2013", "FER+"), zip([*names, "contempt"], *cells, strict=True))


def _counted(counts):
    total = sum(counts) or 1
    return [f"{count:,} ({number('share', count / total)})" for count in counts]


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
