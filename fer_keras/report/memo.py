"""What pages were generated before from the same records by the same code: so that to look again takes no second.

Intervals come from thousands of resamples of every run. `check` reads this memo; `regenerate` computes, and keeps it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from fer_keras.data.cache import default_dir
from fer_keras.io import files
from fer_keras.io.errors import UserError

CODE = Path(__file__).parents[1]
INPUTS = (".json", ".npz", ".csv")
FILES = "pages.json"


def remembered(reports_dir: Path, readme: str, compute: Callable[[], dict[Path, str]]) -> dict[Path, str]:
    """Return compute(), {path: text}, from the memo where nothing that it reads has changed since.

    Args:
        reports_dir: its JSON, predictions and notes, and the names of its figures, are what pages are made of.
        readme: the part of the README that is not generated.
    """
    path = default_dir() / FILES
    inputs = _digest(reports_dir, readme)
    try:
        kept = files.read_json(path)
        if kept["inputs"] == inputs and kept["digest"] == _of_text(kept["pages"]):
            return {Path(name): text for name, text in kept["pages"].items()}
    except (UserError, KeyError, TypeError):
        pass
    return keep(reports_dir, readme, compute())


def keep(reports_dir: Path, readme: str, pages: dict[Path, str]) -> dict[Path, str]:
    """Note that these are the pages of `reports_dir` as it is, and return them; without a cache folder nothing is noted."""
    texts = {str(path): text for path, text in pages.items()}
    try:
        default_dir().mkdir(parents=True, exist_ok=True)
        noted = {"inputs": _digest(reports_dir, readme), "pages": texts, "digest": _of_text(texts)}
        files.write_json(default_dir() / FILES, noted)
    except (OSError, UserError):
        pass
    return pages


def _digest(reports_dir: Path, readme: str) -> str:
    """Return sha256 over everything that decides the pages: records, notes, names of figures, code, NumPy's version."""
    whole = hashlib.sha256(f"{reports_dir.resolve()}\0{reports_dir}\0{np.__version__}\0{readme}".encode())
    for path in (*_inputs(reports_dir), *sorted(CODE.rglob("*.py")), *sorted(CODE.parent.glob("experiments/*.py"))):
        content = b"" if path.suffix == ".png" else path.read_bytes()
        whole.update(f"\0{path}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _inputs(reports_dir: Path) -> Iterator[Path]:
    for path in sorted(reports_dir.rglob("*")):
        if path.suffix in (*INPUTS, ".png") or (path.suffix == ".md" and path.parent.name == "notes"):
            yield path


def _of_text(texts: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
