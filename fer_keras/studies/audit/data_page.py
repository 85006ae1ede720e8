"""The page "What is in the data?": the audit and the labels' agreement in a few lines, from audit.json and labels.json."""

from pathlib import Path

from fer_keras.report.markdown import bullets, number, section, table
from fer_keras.studies.audit import audit_page, labels_page

PAGE = "data.md"

MEANING = (
    "Scores on PrivateTest contain images that were trained on. Every run is therefore also scored without them (*no"
    " copies*).",
    "A perfect score is not possible: where FER2013's label and FER+'s majority differ, a model can match only one. Every"
    " run is therefore also scored against FER+.",
    "No picture of the data set may be passed on. `python -m fer_keras.audit PATH` draws examples of all kinds.",
)


def page(reports_dir: Path) -> str | None:
    """Return the page, None where there is no audit under `reports_dir`."""
    folder = Path(reports_dir) / audit_page.FOLDER
    if not (folder / audit_page.RECORD).is_file():
        return None
    audit = audit_page.read(folder / audit_page.RECORD)
    labels = _labels(folder)
    parts = [
        "# What is in the data?",
        f"**{answer(reports_dir)}**",
        section(
            "Copies", bullets(audit_page.short(audit)), f"By split and class: [audit]({audit_page.FOLDER}/audit.md)."
        ),
        section("Labels", _agreement(labels), f"By class: [labels]({audit_page.FOLDER}/labels.md).") if labels else "",
        section("What follows", bullets(MEANING)),
        section(
            "Method",
            "Exact copies have equal pixels. Near copies are found by a similarity measure, which errs now and then; the"
            " audit says how often. FER+ gives ten annotators' votes on the same images.",
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def answer(reports_dir: Path) -> str | None:
    """Return the answer of the page in two sentences, None without an audit."""
    folder = Path(reports_dir) / audit_page.FOLDER
    if not (folder / audit_page.RECORD).is_file():
        return None
    clean = audit_page.read(folder / audit_page.RECORD)["clean"].get("private")
    labels = _labels(folder)
    told = []
    if clean:
        exact, near = (1 - clean[key] / clean["rows"] for key in ("clean", "near_clean"))
        told.append(
            f"Copies and doubtful labels: {number('share', exact)} of the PrivateTest images have an exact copy in"
            f" Training, {number('share', near)} an exact or near one."
        )
    if labels:
        of_all = labels["splits"][labels_page.ALL]
        told.append(
            f"FER2013's label agrees with the majority of FER+'s annotators on"
            f" {number('share', of_all['agree'] / of_all['compared'])} of the images that can be compared."
        )
    return " ".join(told) or None


def _labels(folder: Path) -> dict | None:
    path = folder / labels_page.RECORD
    return labels_page.read(path) if path.is_file() else None


def _agreement(labels: dict) -> str:
    lines = []
    parts = labels["splits"]
    for n, name in enumerate(labels["class_names"]):
        counts = parts[labels_page.ALL]["table"][n]
        share = number("share", counts[n] / sum(counts)) if sum(counts) else None
        lines.append((name, f"{parts[labels_page.ALL]['rows'][name]:,}", f"{sum(counts):,}", share))
    return table(("FER2013's label", "images", "compared", "agree with FER+"), lines)
