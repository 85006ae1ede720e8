"""The figures of a recorded run, drawn where the data set is: faces among them, which reports/ may not pass on."""

import shutil
from pathlib import Path

from fer_keras.data.faces import Faces
from fer_keras.io.errors import expected
from fer_keras.report import error_maps
from fer_keras.report.page import write_report
from fer_keras.runs import directory, samples
from fer_keras.runs.record import read_record


def draw(run_dir: Path, faces: Faces | None, out: Path) -> Path:
    """Write the page of the run in `run_dir` with all its figures into the folder `out`; return the page.

    `faces`: the data that the run was on, for the figures that show faces, among them its worst errors with maps of where
    the network looks, if its model.keras is there; None leaves these out.
    Raises UserError for a run that cannot be read, faces of other content than the run's, or an `out` in use by another run.
    """
    record = read_record(run_dir)
    if faces is not None and faces.fingerprint != record["data"]["fingerprint"]:
        what = f"the data of {record['run']}, fingerprint {record['data']['fingerprint'][:16]}"
        raise expected(what, f"{faces.source}, fingerprint {faces.fingerprint[:16]}")
    out.mkdir(parents=True, exist_ok=True)
    if directory.is_run(out) and out.resolve() != Path(run_dir).resolve():
        if read_record(out)["predictions"] != record["predictions"]:
            raise expected(f"{out} to be empty, or to hold {record['run']}", "another run", "Choose another --out.")
    elif out.resolve() != Path(run_dir).resolve():
        for name in (directory.RECORD, directory.METRICS, record["predictions"]["file"]):
            shutil.copyfile(Path(run_dir) / name, out / name)
    if faces is not None:
        samples.save(out, faces.images, faces.rows, more=error_maps.of(run_dir, faces, record))
    return write_report(out)
