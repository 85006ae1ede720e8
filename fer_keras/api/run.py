"""One run from request to page: train, evaluate, report, export, record."""

import pathlib

import keras

from fer_keras.config.options import Options
from fer_keras.config.recipe import Experiment, Recipe
from fer_keras.io import files
from fer_keras.models import export
from fer_keras.report.page import write_report
from fer_keras.runs import directory, naming, train_run
from fer_keras.runs.record import save_record
from fer_keras.studies.site import regenerate
from fer_keras.train import determinism, devices, processes

REPORTS = pathlib.Path("reports")


def run(experiment: Experiment, printed: Recipe, options: Options) -> pathlib.Path:
    """Run `printed` as `options` ask and return the run directory.

    A directory that holds the same request unfinished is resumed; a finished one is only recorded or exported again.
    Raises UserError for anything the user can mend, a directory that holds another request's run among it.
    """
    if options.deterministic:
        determinism.require()
    devices.prepare(options.devices)
    source, profile, recipe = train_run.plan(printed, options)
    name = naming.run_name(printed, recipe, profile, source, options)
    folder = options.out or pathlib.Path("runs") / name
    if processes.process_index() > 0:
        train_run.train_along(recipe, source, options)
        return folder
    if options.record:
        files.require_writable(REPORTS / "results", "Go where reports/ is, or leave out --record.")
    with files.locked(folder):
        train_run.complete(experiment, printed, recipe, profile, source, folder, name, options)
        report = write_report(folder)
        print(f"Report: {report}")
        if options.export or (source.demo and keras.backend.backend() == "tensorflow"):
            print(f"SavedModel: {export.saved_model(folder / directory.MODEL, folder / directory.SAVED_MODEL)}")
    if options.record:
        save_record(folder, REPORTS)
        print(f"Recorded; rewritten: {', '.join(str(path) for path in regenerate(REPORTS)) or 'nothing'}")
    return folder
