"""One run from request to page: train, evaluate, report, export, record."""

import dataclasses
import pathlib

import keras

from fer_keras import recipes
from fer_keras.config.options import Options
from fer_keras.config.recipe import Experiment, Profile, Recipe
from fer_keras.exports.write import export
from fer_keras.io import files
from fer_keras.report.page import write_report
from fer_keras.runs import directory, naming, train_run
from fer_keras.runs.record import save_record
from fer_keras.runs.source import Source
from fer_keras.studies.site import regenerate
from fer_keras.training import determinism, devices, precision, processes, processor_time

REPORTS = pathlib.Path("reports")

FOR_THE_START = (
    *("data", "dataset", "allow_unofficial", "drop", "crop", "detector", "protocol", "seed"),
    *("precision", "devices", "deterministic", "checkpoint_minutes", "tensorboard", "quiet"),
)
"""Options of a run that hold for the run it starts from, too: they say on which faces, and how this machine trains."""


SLOWER_IN_FLOAT32 = "about 2"


def run(experiment: Experiment, printed: Recipe, options: Options) -> pathlib.Path:
    """Run `printed` as `options` ask and return the run directory.

    A directory that holds the same request unfinished is resumed; a finished one is only recorded or exported again.
    Raises UserError for anything the user can mend, a directory that holds another request's run among it.
    """
    if options.deterministic:
        determinism.require()
    devices.prepare(options.devices)
    return _run(experiment, printed, options)


def _run(experiment, printed, options, source: Source | None = None) -> pathlib.Path:
    """Run; with `source`, the faces of the run that starts from this one, for that run alone: nothing is exported."""
    starts_another = source is not None
    source, profile, recipe = train_run.plan(printed, options, source)
    name = naming.run_name(printed, recipe, profile, source, options)
    folder = options.out or pathlib.Path("runs") / name
    if not options.init and (start := _start_of(printed, profile)):
        recipe = dataclasses.replace(recipe, init=str(_train_first(start, printed, profile, options, source)))
    if processes.process_index() > 0:
        train_run.train_along(recipe, source, options)
        return folder
    if options.record:
        files.require_writable(REPORTS / "results", "Go where reports/ is, or leave out --record.")
    with files.locked(folder):
        train_run.complete(experiment, printed, recipe, profile, source, folder, name, options)
        report = write_report(folder)
        print(f"Report: {report}")
        if options.export or (source.demo and not starts_another and keras.backend.backend() == "tensorflow"):
            for exported in export(folder / directory.MODEL, ("saved_model",)):
                print(exported)
    if options.record:
        with files.in_turn(REPORTS / "results"):
            save_record(folder, REPORTS)
            print(f"Recorded; rewritten: {', '.join(str(path) for path in regenerate(REPORTS)) or 'nothing'}")
    processor_time.end_run()
    return folder


def _start_of(printed: Recipe, profile: str) -> str:
    """Return the recipe that `profile` trains first, "" for none."""
    return printed.profiles[profile].start if profile in printed.profiles else ""


def _train_first(start: str, printed: Recipe, profile: str, options: Options, source: Source) -> pathlib.Path:
    """Train the recipe `start` on the same faces, under the profile of the same name, and return its model's file.

    What the user has asked of the run itself, its sizes and what it exports, does not count for its start.
    """
    whole = printed.profiles[profile]
    print(f"Two runs: {start}, and from its backbone {printed.name}. {_expectation(whole, printed, options)}")
    asked = dataclasses.replace(
        Options(),
        profile=profile,
        out=options.out and options.out.with_name(f"{options.out.name}-start"),
        **{name: getattr(options, name) for name in FOR_THE_START},
    )
    folder = _run(recipes.experiment_of(start), recipes.recipes()[start], asked, source)
    return folder / directory.MODEL


def _expectation(whole: Profile, printed: Recipe, options: Options) -> str:
    """Say how long a run under the profile `whole` takes, its start included."""
    about = f"About {whole.minutes:g} min on two CPU cores that compute in bfloat16"
    chosen = precision.choose(options.precision, network=printed.network)
    if chosen.policy == "float32" and not precision.has_accelerator():
        return f"{about}; in float32, as here, {SLOWER_IN_FLOAT32} times as long."
    return f"{about}."
