"""A finished run in a few megabytes: its model in float16, its record and metrics; enough to teach, to start from, to predict."""

import shutil
from pathlib import Path

from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.models import half
from fer_keras.runs import directory
from fer_keras.runs.content import content_digest
from fer_keras.runs.record import read_facts, read_record, without_folders

KEPT = (directory.METRICS, directory.MANIFEST)
NOTE = "slim.json"


def slim(run_dir: Path, out: Path) -> Path:
    """Write the run to the new folder `out` and return it.

    The model's weights are rounded to float16, so what it predicts differs a little from what the metrics, which are the
    whole run's, were computed from. slim.json says so, and the digest of the model that was rounded.
    Raises UserError for a run that is not finished or has no model, or an `out` that is there already; nothing is left then.
    """
    run_dir, out = Path(run_dir), Path(out)
    record = read_record(run_dir)
    model = run_dir / directory.MODEL
    if not model.is_file():
        raise expected(f"{directory.MODEL} in {run_dir}", "no such file", "reports/results have no models.")
    if out.exists():
        raise expected("a new folder for the small run", f"{out}, which is there")
    part = out.with_name(f".{out.name}.partial")
    shutil.rmtree(part, ignore_errors=True)
    files.require_writable(part, "Choose another folder.")
    try:
        half.save(model, part / directory.MODEL)
        for name in KEPT:
            if (run_dir / name).is_file():
                shutil.copyfile(run_dir / name, part / name)
        files.write_json(part / directory.RECORD, without_folders(read_facts(run_dir)))
        note = {"run": record["run"], "weights": "float16", "of": content_digest(model)}
        files.write_json(part / NOTE, note)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out
