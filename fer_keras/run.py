"""One run, top to bottom: data, model, training, evaluation, record, report, export."""

import dataclasses
import functools
import json
import pathlib

import keras
import numpy as np

from fer_keras import environment, export, files, outcome, resolve
from fer_keras.cli import DEMO, Options
from fer_keras.data import affectnet, development, find, gate, pipeline, toy
from fer_keras.data.balance import epoch_order
from fer_keras.data.faces import Faces
from fer_keras.data.splits import Splits, subset
from fer_keras.errors import UserError, expected
from fer_keras.models import builder, initial
from fer_keras.recipe import Data, Experiment, Recipe
from fer_keras.report import regenerate, save_record, save_samples, write_report
from fer_keras.train import precision
from fer_keras.train.interrupt import Interrupted
from fer_keras.train.phases import Trainer

MODEL, RECORD, REQUEST, STATUS = "model.keras", "record.json", "request.json", "status.json"
REPORTS = pathlib.Path("reports")


@dataclasses.dataclass(frozen=True)
class Source:
    """The faces of a run, and whether they are FER2013 as published; `differences` says how they are not.

    `affectnet` is where AffectNet lies, if it is there; `splits` is how the run divides the faces, once that is known.
    """

    faces: Faces
    demo: bool
    differences: tuple[str, ...]
    affectnet: pathlib.Path | None = None
    splits: Splits | None = None


def run(experiment: Experiment, printed: Recipe, options: Options) -> pathlib.Path:
    """Run `printed` as `options` ask and return the run directory.

    A directory that holds the same run unfinished is gone on with; a finished one is only recorded or exported again.
    Raises UserError for anything the user can mend.
    """
    source = find_source(options)
    profile = options.profile or _profile_for(printed, source)
    recipe = _as_run(printed, profile, options)
    recipe = dataclasses.replace(recipe, init=_init(recipe, options.init, source.demo))
    development.require(recipe, source.faces, source.affectnet)
    name = f"{recipe.name}-{DEMO if source.demo else profile}-seed{options.seed}"
    folder = options.out or pathlib.Path("runs") / name
    with files.locked(folder):
        if not (folder / RECORD).exists():
            _train(experiment, printed, recipe, profile, source, folder, name, options)
        report = write_report(folder)
        print(f"Report: {report}")
        if options.export or source.demo:
            print(f"SavedModel: {export.saved_model(folder / MODEL, folder / 'saved_model', source.faces.class_names)}")
    if options.record:
        save_record(folder, REPORTS)
        print(f"Recorded; rewritten: {', '.join(str(path) for path in regenerate(REPORTS)) or 'nothing'}")
    return folder


def find_source(options: Options) -> Source:
    """Return the faces that the user has, or drawn ones when there are none (never when a path was given)."""
    path, folder = find.locate(options.data), affectnet.locate(options.affectnet)
    if path is None:
        print(f"No FER2013 found: demo on drawn faces. {find.WHERE_TO_GET}")
        return Source(toy.toy_faces(), demo=True, differences=(), affectnet=folder)
    faces = find.load(path)
    gate.require_official(faces, options.allow_unofficial)
    return Source(faces, demo=False, differences=tuple(gate.check(faces)), affectnet=folder)


def _profile_for(recipe, source):
    if source.demo:
        return "smoke"
    return resolve.PAPER if precision.has_accelerator() or "cpu" not in recipe.profiles else "cpu"


def _init(recipe, asked, demo):
    """Return what the backbone starts from; the demo alone starts from chance without being asked."""
    init = asked or ("scratch" if demo else recipe.init)
    if init not in ("imagenet", "scratch") and not pathlib.Path(init).is_file():
        raise expected("--init imagenet, scratch, or the path of a checkpoint", repr(init), "There is no such file.")
    return init


def _as_run(printed, profile, options):
    sizes = {"epochs": options.epochs, "batch_size": options.batch_size, "image_size": options.image_size}
    recipe = resolve.as_run(printed, profile, **sizes)
    if options.soft_labels:
        recipe = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, soft_labels=True))
    return recipe


def _train(experiment, printed, recipe, profile, source, folder, name, options):
    started = outcome.now()
    chosen = precision.choose(options.precision)
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    print(f"{name}: {described['device']}, {described['precision']}, seed {options.seed}, into {folder}")
    rows = resolve.training_rows(printed, profile)
    splits_of = functools.cache(functools.partial(_splits, source, rows, options.seed))
    others = development.described(recipe, splits_of)
    request = {"as_run": resolve.as_data(recipe), "seed": options.seed, "data": source.faces.fingerprint}
    _same_request(folder, request | {f"data of {phase}": other["fingerprint"] for phase, other in others.items()})
    start = {}
    trainer = Trainer(
        recipe=recipe,
        seed=options.seed,
        splits_of=splits_of,
        build=functools.partial(_build, recipe),
        initialise=lambda model: start.update(initial.load_backbone(model, recipe.init)),
        folder=folder / "checkpoint",
        jit=chosen.jit,
        quiet=options.quiet,
        on_epoch=functools.partial(_running, folder),
    )
    trained = _watched(trainer.train, folder)
    files.write(folder / MODEL, trained.model.save)
    source = dataclasses.replace(source, splits=splits_of(recipe.data))
    identity = {
        "run": name,
        "experiment": experiment.name,
        "paper": experiment.paper,
        "paper_title": experiment.title,
        "profile": DEMO if source.demo else profile,
        "seed": options.seed,
        "init": start or {"kind": "scratch"},
        "environment": described,
        "phase_data": others,
        "started": started,
    }
    test = outcome.write(folder, printed, recipe, identity, trained, source, rows)
    originals, augmented = augmented_examples(source.splits.train, recipe, options.seed)
    save_samples(folder, test.images, test.rows, originals, augmented)
    files.write_json(folder / STATUS, {"state": "done"})


def _splits(source: Source, rows: int | None, seed: int, data: Data) -> Splits:
    divided = development.divided(data, source.faces, source.affectnet, seed)
    return dataclasses.replace(divided, train=subset(divided.train, rows, seed), eligible=divided.train)


def _build(recipe, classes, channels, side):
    return builder(recipe.model)(**recipe.model_args, classes=classes, channels=channels, input_size=side)


def augmented_examples(train: Faces, recipe: Recipe, seed: int):
    """Return a few training faces before and after the recipe's augmentation, uint8 [7, H, W, C] each: one of a class."""
    first = [int(np.flatnonzero(train.labels == label)[0]) for label in np.unique(train.labels)]
    shown = train.take(np.array(first))
    treatment = pipeline.Treatment(recipe.augment)
    order, _ = epoch_order(shown.labels, shown.class_names, {}, seed, 0)
    images = next(iter(pipeline.training_batches(shown, treatment, batch_size=len(shown), seed=seed)))[0]
    return shown.images[order], keras.ops.convert_to_numpy(images)


def _running(folder, history, seconds_left):
    files.write_json(folder / STATUS, {"state": "running", "last": history[-1], "seconds_left": seconds_left})


def _watched(train, folder):
    try:
        return train()
    except Interrupted as stop:
        files.write_json(folder / STATUS, {"state": "interrupted"})
        raise KeyboardInterrupt from stop
    except UserError as error:
        files.write_json(folder / STATUS, {"state": "failed", "reason": str(error)})
        raise


def _same_request(folder, request):
    """Refuse to go on with a checkpoint of another recipe, seed or data."""
    path = folder / REQUEST
    wanted = json.loads(json.dumps(request))
    if path.exists():
        differing = [key for key, value in json.loads(path.read_text()).items() if wanted.get(key) != value]
        if differing:
            what = "the same recipe, seed and data as the run begun there"
            raise expected(f"{what} in {folder}", f"another {', '.join(differing)}", "Choose another --out.")
    files.write_json(path, request)
