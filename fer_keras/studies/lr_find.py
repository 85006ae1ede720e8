"""The learning-rate range test of a recipe's first (or named) phase.

The phase's own model, frozen layers, optimizer, loss, augmentation and batches, on Training rows only; the rate rises
from step to step and the weights are thrown away. What the recipe's schedule does to rate and momentum is left out, and
so are its teachers.
"""

import dataclasses
import functools
import pathlib
import time

from fer_keras.config.options import DEMO, Options
from fer_keras.runs import environment

JSON, FIGURE = "lr_find.json", "lr_find.png"


def find(experiment, printed, phase_name: str, test, options: Options) -> tuple[pathlib.Path, dict]:
    """Run the range test `test` (a fresh RangeTest) of a recipe's phase; return (folder for the results, record).

    A later phase is tested from the recipe's start, not from the weights that the phases before it leave. The record
    holds the curve, the suggestions and the recipe's own rate. Raises UserError for anything the user can mend.
    """
    import keras

    from fer_keras.config import resolve
    from fer_keras.runs.source import splits_for
    from fer_keras.runs.train_run import plan
    from fer_keras.training import precision, range_test
    from fer_keras.training.sweep import sweep

    printed = dataclasses.replace(printed, data=printed.data.untaught())
    source, profile, recipe = plan(printed, options)
    phase = next(phase for phase in recipe.phases if phase.name == phase_name)
    chosen = precision.choose(options.precision, network=recipe.network)
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    identity = {"experiment": experiment.name, "recipe": recipe.name, "phase": phase.name}
    identity |= {"profile": DEMO if source.demo else profile, "seed": options.seed, "environment": described}
    name = f"{recipe.name}-{phase.name}-{identity['profile']}-seed{options.seed}"
    print(f"Range test of {name}: {described['device']}, {described['precision']}")
    train = splits_for(source, options.seed, recipe.init, phase.data or recipe.data).train
    model, batches, start = _ready(recipe, phase, train, len(test.rates), options.seed, chosen.jit)
    began = time.perf_counter()
    sweep(model, batches, test, functools.partial(_progress, test, began))
    record = identity | {
        "init": start or {"kind": "scratch"},
        "data": {
            "source": source.faces.source,
            "fingerprint": source.faces.fingerprint,
            "synthetic": source.faces.synthetic,
            "official": not source.demo and not source.differences,
            "training_rows": len(train),
        },
        "batch_size": recipe.batch_size,
        "optimizer": resolve.as_data(phase.optimizer),
        "keep": test.keep,
        "asked_steps": len(test.rates),
        "rates": test.rates[: len(test.losses)],
        "losses": test.losses,
        "smoothed": test.smoothed,
        "stopped": test.stopped,
        "suggested": dataclasses.asdict(range_test.suggest(test)),
        "recipe_rate": phase.optimizer.learning_rate,
        "seconds": round(time.perf_counter() - began, 1),
    }
    return options.out or pathlib.Path("runs") / f"lr_find-{name}", record


def _ready(recipe, phase, train, steps, seed, jit):
    """Return (model compiled for `phase` at a constant rate, batches as NumPy arrays, where its backbone starts from)."""
    import keras

    from fer_keras.config.settings import Constant
    from fer_keras.data import pipeline
    from fer_keras.models.weights import initial
    from fer_keras.runs.train_run import build
    from fer_keras.training import freeze, prepare

    phase = dataclasses.replace(phase, optimizer=dataclasses.replace(phase.optimizer, schedule=Constant()))
    keras.utils.set_random_seed(seed)
    model = build(recipe, train.class_names, train.images.shape[3], train.images.shape[1])
    start = initial.load_backbone(model, recipe.init)
    freeze.apply(model, phase)
    treatment = prepare.treatment(recipe, phase)
    per_epoch = pipeline.steps_per_epoch(pipeline.rows_per_epoch(train, treatment), recipe.batch_size)
    prepare.compile_model(model, recipe, phase, per_epoch, jit=jit)
    batches = pipeline.training_batches(
        train, treatment, batch_size=recipe.batch_size, seed=seed, epochs=-(-steps // per_epoch)
    )
    return model, batches.as_numpy_iterator(), start


def _progress(test, began, step, loss):
    if step == 2 or step % 10 == 0:
        left = (time.perf_counter() - began) / step * (len(test.rates) - step)
        print(f"step {step}/{len(test.rates)}: rate {test.rates[step - 1]:.2e}, loss {loss:.4f}, {left:.0f} s left")


def write(folder: pathlib.Path, record: dict) -> None:
    """Write JSON and figure into `folder`."""
    from fer_keras.evaluation.plots import figures_rates, figures_style
    from fer_keras.io import files

    files.write_json(folder / JSON, record)
    figures_style.save(figures_rates.range_test(record), folder / FIGURE)
