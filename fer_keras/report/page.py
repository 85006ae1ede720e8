"""A run's page: record.json and metrics.json in, Markdown out; the same for the same input."""

from pathlib import Path

from fer_keras.io import files
from fer_keras.report import drift, provenance, results, teachers
from fer_keras.report.drawings import DRAWINGS, draw_all
from fer_keras.report.markdown import section
from fer_keras.runs import metrics_file, predictions
from fer_keras.runs.directory import FIGURES
from fer_keras.runs.record import read_facts, read_record

PAGE = "report.md"


def write_report(run_dir: Path) -> Path:
    """Draw the figures and write report.md in a run directory; return its path.

    Reads record.json, predictions.npz, and samples.npz when there (see `samples`); metrics.json is made anew.
    Raises UserError (one line: file and key) for a record or predictions that do not fit.
    """
    run_dir = Path(run_dir)
    metrics_file.rebuild(run_dir, read_facts(run_dir))
    record = read_record(run_dir)
    draw_all(run_dir, record, predictions.read(run_dir, record))
    return write_page(run_dir, record)


def write_page(run_dir: Path, record: dict) -> Path:
    """Write report.md only, with the figures that lie beside it."""
    path = run_dir / PAGE
    text = render(run_dir, record)
    files.write(path, lambda part: part.write_text(text, encoding="utf-8"))
    return path


def render(run_dir: Path, record: dict) -> str:
    """Return the page of a run as Markdown."""
    parts = [
        f"# {record['title']}",
        provenance.stamp(record),
        provenance.protocol_warning(record),
        provenance.overlap_warning(record),
        drift.warning(record),
        provenance.introduction(record),
        section("Paper beside ours", results.paper_beside_ours(record)) if provenance.of_paper(record) else "",
        section("Headline metrics", results.circumstances(record), results.headline(record)),
        section("Per class", results.per_class(record), results.weak_classes(record)),
        section("Confusions", results.confusions(record), results.chi_square(record)),
        section("As published and as run", provenance.deviations(record)),
        section("Data", provenance.data(record)),
        teachers.taught(record),
        section("Training", provenance.training(record)),
        section("Environment", provenance.environment(record)),
        figures(run_dir),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def figures(run_dir: Path) -> str:
    """Return the section of the figures that exist in run_dir/figures, in the order of DRAWINGS."""
    there = [drawing for drawing in DRAWINGS if (run_dir / FIGURES / drawing.file).is_file()]
    blocks = [f"**{d.title}**\n\n![{d.alt}]({FIGURES}/{d.file})" for d in there]
    return section("Figures", *blocks) if there else ""
