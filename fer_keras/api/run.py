"""One run from request to page: train, evaluate, report, export, record."""

import pathlib

import keras
import numpy as np

from fer_keras.config import protocols
from fer_keras.config.options import DEMO, Options
from fer_keras.config.recipe import Experiment, Recipe
from fer_keras.io import files
from fer_keras.models import export
from fer_keras.report.page import write_report
from fer_keras.runs import train_run
from fer_keras.runs.record import save_record
from fer_keras.studies.site import regenerate
from fer_keras.train import determinism, devices, processes

REPORTS = pathlib.Path("reports")


def run(experiment: Experiment, printed: Recipe, options: Options) -> pathlib.Path:
    """Run `printed` as `options` ask and return the run directory.

    A directory that holds the same run unfinished is gone on with; a finished one is only recorded or exported again.
    Raises UserError for anything the user can mend.
    """
    if options.deterministic:
        determinism.require()
    devices.prepare(options.devices)
    source, profile, recipe = train_run.plan(printed, options)
    name = protocols.run_name(recipe.name, DEMO if source.demo else profile, options.protocol, options.seed)
    folder = options.out or pathlib.Path("runs") / name
    if processes.process_index() > 0:
        train_run.train_along(recipe, source, options)
        return folder
    if options.record:
        files.require_writable(REPORTS / "results", "Go where reports/ is, or leave out --record.")
    with files.locked(folder):
        if processes.broadcast(np.array(not (folder / train_run.RECORD).exists())):
            train_run.train(experiment, printed, recipe, profile, source, folder, name, options)
        report = write_report(folder)
        print(f"Report: {report}")
        if options.export or (source.demo and keras.backend.backend() == "tensorflow"):
            print(f"SavedModel: {export.saved_model(folder / train_run.MODEL, folder / 'saved_model')}")
    if options.record:
        save_record(folder, REPORTS)
        print(f"Recorded; rewritten: {', '.join(str(path) for path in regenerate(REPORTS)) or 'nothing'}")
    return folder
