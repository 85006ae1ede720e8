"""Hand-written paragraphs of the pages: `notes/NAME.md` beside the reports, words only, for numbers come from records."""

from pathlib import Path

NOTES = "notes"


def note(reports_dir: Path, name: str) -> str:
    """Return the note of that name, or nothing where there is none."""
    path = Path(reports_dir) / NOTES / f"{name}.md"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""
