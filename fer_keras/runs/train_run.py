"""One run, top to bottom: data, model, training, evaluation, record, report, export."""

import dataclasses
import functools
import pathlib

import keras
import numpy as np

from fer_keras.config import protocols, resolve
from fer_keras.config.options import DEMO, Options
from fer_keras.config.recipe import Recipe
from fer_keras.data import development, pipeline, seen
from fer_keras.data.balance import epoch_order
from fer_keras.data.faces import Faces
from fer_keras.io.errors import expected
from fer_keras.models import builder, saved
from fer_keras.models.contract import Contract
from fer_keras.models.weights import initial
from fer_keras.runs import environment, evaluate_run, manifest, samples
from fer_keras.runs.source import Source, find_source, splits_for, with_generated
from fer_keras.runs.status import Status
from fer_keras.train import devices, precision, processes
from fer_keras.train.board import Board
from fer_keras.train.interrupt import Interrupted
from fer_keras.train.phases import Trainer

MODEL, RECORD = "model.keras", "record.json"


def plan(printed: Recipe, options: Options) -> tuple[Source, str, Recipe]:
    """Return what `options` come to: the faces, the profile's name, and the recipe as run. Raises UserError."""
    source = find_source(options)
    profile = options.profile or _profile_for(printed, source)
    recipe = _as_run(printed, profile, options)
    recipe = dataclasses.replace(recipe, init=_init(recipe, options.init, source.demo))
    development.require(recipe, source.faces, source.affectnet)
    return with_generated(source, recipe, options.generated, options.seed), profile, recipe


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
    if options.drop and options.protocol in protocols.STUDIED:
        raise expected("--protocol paper or official with --drop", options.protocol)
    sizes = {"epochs": options.epochs, "batch_size": options.batch_size, "image_size": options.image_size}
    recipe = protocols.as_run(resolve.as_run(printed, profile, **sizes), options.protocol)
    if options.soft_labels:
        recipe = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, soft_labels=True))
    return recipe


def train(experiment, printed, recipe, profile, source, folder, name, options):
    started = evaluate_run.now()
    trainer, chosen = _trainer(recipe, source, options)
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    described |= {"shared": trainer.devices.describe(recipe.batch_size), "deterministic": options.deterministic}
    of = ", ".join(filter(None, (described["device"], described["shared"], described["precision"])))
    print(f"{name}: {of}, seed {options.seed}, into {folder}")
    for line in resolve.scaling(printed, profile, recipe.batch_size):
        print(f"{line['field']}: {line['printed']}, {line['run']}.".capitalize())
    if warning := protocols.warning(recipe.data.split):
        print(warning)
    note = seen.require_unseen(recipe.init, source.faces, trainer.splits_of(recipe.data))
    others = development.described(recipe, trainer.splits_of)
    manifest.require_same(folder, manifest.of(recipe, source, options.seed, others))
    state = Status(folder, {phase.name: phase.epochs for phase in recipe.phases}, started)
    board = Board(folder / "tensorboard") if options.tensorboard else None
    start = {"note": note} if note else {}
    trainer = dataclasses.replace(
        trainer,
        initialise=lambda model: start.update(initial.load_backbone(model, recipe.init)),
        folder=folder / manifest.CHECKPOINT,
        on_epoch=functools.partial(_report_epoch, state, board),
    )
    with state.watching():
        trained = _stoppable(trainer.train)
        processes.shut_down()
        source = dataclasses.replace(source, splits=trainer.splits_of(recipe.data))
        saved.save(trained.model, folder / MODEL, _contract(trained.model, recipe, source))
        identity = {
            "run": name,
            "experiment": experiment.name,
            "paper": experiment.paper,
            "paper_title": experiment.title,
            "profile": DEMO if source.demo else profile,
            "seed": options.seed,
            "init": {"kind": "scratch", **start},
            "environment": described,
            "phase_data": others,
            "started": started,
        }
        test = evaluate_run.write(folder, printed, recipe, identity, trained, source)
        samples.save(folder, test.images, test.rows, *augmented_examples(source.splits.train, recipe, options.seed))


def _contract(model: keras.Model, recipe: Recipe, source: Source) -> Contract:
    """Return what the model's file says of its classes and input."""
    _, side, _, channels = model.input_shape
    return Contract(
        class_names=source.splits.train.class_names,
        data=recipe.data.dataset,
        side=side,
        channels=channels,
        crop=source.crop and (source.crop["detector"], source.crop["margin"]),
    )


def _trainer(recipe, source, options) -> tuple[Trainer, precision.Precision]:
    """Return the training as every process of it has it, and the precision that was chosen."""
    shared = devices.choose(recipe.batch_size, options.devices)
    chosen = precision.choose(options.precision, network=recipe.network, mirrored=shared.strategy is not None)
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    trainer = Trainer(
        recipe=recipe,
        seed=options.seed,
        splits_of=functools.cache(functools.partial(splits_for, source, options.seed, recipe.init)),
        build=functools.partial(build, recipe),
        initialise=lambda model: initial.load_backbone(model, recipe.init),
        folder=pathlib.Path(manifest.CHECKPOINT),
        devices=shared,
        jit=chosen.jit,
        quiet=options.quiet,
        checkpoint_seconds=60 * options.checkpoint_minutes,
    )
    return trainer, chosen


def train_along(recipe, source, options):
    """Train as one of the processes that write nothing, unless process 0 finds that nothing is left to train."""
    if processes.broadcast(np.array(False)):
        _stoppable(_trainer(recipe, source, options)[0].train)
        processes.shut_down()


def build(recipe: Recipe, classes: int, channels: int, side: int) -> keras.Model:
    """Return a fresh model of the recipe for `side` x `side` faces."""
    return builder(recipe.model)(**recipe.model_args, classes=classes, channels=channels, input_size=side)


def augmented_examples(train: Faces, recipe: Recipe, seed: int):
    """Return a few training faces before and after the recipe's augmentation, uint8 [7, H, W, C] each: one of a class."""
    first = [int(np.flatnonzero(train.labels == label)[0]) for label in np.unique(train.labels)]
    shown = train.take(np.array(first))
    treatment = pipeline.Treatment(recipe.augment)
    order, _ = epoch_order(shown.labels, shown.class_names, {}, seed, 0)
    images = next(iter(pipeline.training_batches(shown, treatment, batch_size=len(shown), seed=seed)))[0]
    return shown.images[order], keras.ops.convert_to_numpy(images)


def _report_epoch(state, board, history, seconds_left):
    state.epoch(history, seconds_left)
    if board:
        board.epoch(history)


def _stoppable(train):
    try:
        return train()
    except Interrupted as stop:
        raise KeyboardInterrupt from stop
