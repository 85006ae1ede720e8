"""One run, top to bottom: data, model, training, evaluation, record, report, export."""

import dataclasses
import functools
import pathlib

import keras
import numpy as np

from fer_keras import runtime
from fer_keras.config import protocols, resolve
from fer_keras.config.architectures import GROUPING
from fer_keras.config.options import DEMO, PRECISIONS, Options, require, require_start
from fer_keras.config.recipe import Recipe
from fer_keras.data import phase_data
from fer_keras.data.faces import Faces
from fer_keras.data.plan import Treatment, blocks_of, steps_of_treatment
from fer_keras.io.errors import expected
from fer_keras.models import builder, saved
from fer_keras.models.contract import Contract
from fer_keras.runs import (
    directory,
    environment,
    evaluate_run,
    lessons,
    manifest,
    out_of_memory,
    samples,
    start,
    teacher,
    teaching,
)
from fer_keras.runs.source import Source, find_source, splits_for, with_generated
from fer_keras.runs.status import Status
from fer_keras.training import devices, precision, processes
from fer_keras.training.board import Board
from fer_keras.training.interrupt import Interrupted
from fer_keras.training.phases import Trainer


def plan(printed: Recipe, options: Options, source: Source | None = None) -> tuple[Source, str, Recipe]:
    """Return what `options` come to: the faces, the profile's name, and the recipe as run. Raises UserError.

    `source` are the faces where they have been found already.
    """
    require(options, printed)
    source = source or find_source(options, printed)
    profile = options.profile or _profile_for(printed, source)
    recipe = _as_run(phase_data.on_dataset(printed, source.dataset), profile, options)
    recipe = dataclasses.replace(recipe, init=_init(recipe, options.init, source.demo))
    phase_data.require(recipe, source.faces, source.others)
    teachers, recipe = teacher.chosen(printed, recipe, options.teachers, source.demo)
    source = dataclasses.replace(source, teachers=teachers)
    start.require(recipe, teachers)
    return with_generated(source, recipe, options.generated, options.seed), profile, recipe


def _profile_for(recipe, source):
    if source.demo:
        return resolve.demo_profile(recipe.profiles)
    return resolve.PAPER if precision.has_accelerator() or "cpu" not in recipe.profiles else "cpu"


def _init(recipe, asked, demo):
    """Return what the backbone starts from; the demo alone starts from chance without being asked."""
    init = asked or ("scratch" if demo else recipe.init)
    require_start(init)
    return init


def _as_run(printed, profile, options):
    recipe = protocols.as_run(resolve.as_run(printed, profile, **options.sizes), options.protocol)
    if options.soft_labels and not recipe.data.facts.has_votes:
        raise expected("FER2013 with --soft-labels, for FER+'s votes", recipe.data.facts.title)
    if options.soft_labels:
        recipe = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, soft_labels=True))
    return recipe


def complete(experiment, printed, recipe, profile, source, folder, name, options) -> None:
    """Train and evaluate into `folder`, resuming what was begun there; a run that is finished is left as it is.

    Raises UserError when the run there is of another request, or memory does not suffice.
    """
    unfinished, policy = _agree(not directory.is_finished(folder), options.precision or manifest.precision(folder))
    if unfinished:
        _train(experiment, printed, recipe, profile, source, folder, name, options, policy)
    else:
        described = phase_data.described(recipe, _splits(recipe, source, options))
        manifest.require_same(folder, manifest.of(recipe, source, options.seed, described, policy))


def _agree(unfinished: bool = False, policy: str | None = None) -> tuple[bool, str | None]:
    """Return what process 0 says of the run directory, which the others do not look into."""
    policies = (None, *PRECISIONS)
    told = processes.broadcast(np.array([unfinished, policies.index(policy)]))
    return bool(told[0]), policies[told[1]]


def _train(experiment, printed, recipe, profile, source, folder, name, options, policy):
    started = evaluate_run.now()
    trainer, chosen = _trainer(recipe, source, options, policy)
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    described |= {"shared": trainer.devices.describe(recipe.batch_size), "deterministic": options.deterministic}
    of = ", ".join(filter(None, (described["device"], described["shared"], described["precision"])))
    print(f"{name}: {of}, seed {options.seed}, into {folder}")
    for line in resolve.scaling(printed, profile, recipe.batch_size):
        print(f"{line['field']}: {line['published']}, {line['run']}.".capitalize())
    if warning := protocols.warning(recipe.data.split, recipe.data.dataset):
        print(warning)
    note = start.note(recipe, source, trainer.splits_of(recipe.data))
    others = phase_data.described(recipe, trainer.splits_of)
    manifest.require_same(folder, manifest.of(recipe, source, options.seed, others, chosen.policy))
    state = Status(folder, {phase.name: phase.epochs for phase in recipe.phases}, started)
    board = Board(folder / directory.TENSORBOARD) if options.tensorboard else None
    begun = {"note": note} if note else {}
    splits_of, taught = teaching.taught(source, recipe, trainer.splits_of, folder)
    trainer = dataclasses.replace(
        trainer,
        splits_of=splits_of,
        lessons=lessons.of(source.teachers, recipe.data),
        initialise=lambda model: begun.update(start.begin(model, recipe, source, trainer.splits_of)),
        folder=folder / directory.CHECKPOINT,
        on_epoch=functools.partial(_report_epoch, state, board),
    )
    with state.watching():
        with out_of_memory.in_one_line(recipe, trainer.devices.replicas, folder):
            trained = _stoppable(trainer.train)
        processes.shut_down()
        source = dataclasses.replace(source, splits=trainer.splits_of(recipe.data))
        saved.save(trained.model, folder / directory.MODEL, _contract(trained.model, recipe, source))
        identity = {
            "run": name,
            "experiment": experiment.name,
            "command": options.words(),
            "paper": experiment.paper,
            "paper_title": experiment.title,
            "profile": DEMO if source.demo else profile,
            "seed": options.seed,
            "init": {"kind": "scratch", **begun},
            "environment": described,
            "phase_data": others,
            "started": started,
            **taught,
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


def _trainer(recipe, source, options, policy) -> tuple[Trainer, precision.Precision]:
    """Return the training as every process of it has it, and the precision that was chosen; `policy` leaves no choice."""
    shared = devices.choose(recipe.batch_size, options.devices)
    lessons.require(recipe.data, shared)
    chosen = precision.choose(policy, network=recipe.network, mirrored=shared.strategy is not None)
    if policy and not options.precision:
        chosen = dataclasses.replace(chosen, reason="as the run was begun")
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    splits = _splits(recipe, source, options)
    trainer = Trainer(
        recipe=recipe,
        seed=options.seed,
        splits_of=splits,
        build=functools.partial(build, recipe),
        initialise=lambda model: start.begin(model, recipe, source, splits),
        folder=pathlib.Path(directory.CHECKPOINT),
        devices=shared,
        jit=chosen.jit,
        quiet=options.quiet,
        checkpoint_seconds=60 * options.checkpoint_minutes,
    )
    return trainer, chosen


def train_along(recipe, source, options):
    """Train as one of the processes that write nothing, unless process 0 finds that nothing is left to train."""
    unfinished, policy = _agree()
    if unfinished:
        trainer = _trainer(recipe, source, options, policy)[0]
        splits_of, _ = teaching.taught(source, recipe, trainer.splits_of, None)
        _stoppable(dataclasses.replace(trainer, splits_of=splits_of).train)
        processes.shut_down()


def _splits(recipe: Recipe, source: Source, options: Options):
    """Return a function that gives the Splits of a Data, each of them divided once."""
    return functools.cache(functools.partial(splits_for, source, options.seed, recipe.init))


def build(recipe: Recipe, class_names: tuple[str, ...], channels: int, side: int) -> keras.Model:
    """Return a fresh model of the recipe for `side` x `side` faces of these classes."""
    classes = {"classes": len(class_names)} | ({"class_names": class_names} if recipe.model in GROUPING else {})
    return builder(recipe.model)(**recipe.model_args, **classes, channels=channels, input_size=side)


def augmented_examples(train: Faces, recipe: Recipe, seed: int):
    """Return a few training faces before and after the recipe's augmentation, uint8 [7, H, W, C] each: one of a class."""
    first = [int(np.flatnonzero(train.labels == label)[0]) for label in np.unique(train.labels)]
    shown = train.take(np.array(first))
    treatment = Treatment(recipe.augment)
    order, given, _ = next(blocks_of(shown, treatment, seed, 0, first_row=0, rows=len(shown)))
    return shown.images[order], _augmented(shown.images[order], given, steps_of_treatment(treatment))


def _augmented(images, given, steps):
    if runtime.has_tensorflow():
        from fer_keras.augment.apply import augment_batch
    else:
        from fer_keras.augment.jax_operations import augment_batch
    return np.asarray(augment_batch(images, given, steps))


def _report_epoch(state, board, history, seconds_left):
    state.epoch(history, seconds_left)
    if board:
        board.epoch(history)


def _stoppable(train):
    try:
        return train()
    except Interrupted as stop:
        raise KeyboardInterrupt from stop
