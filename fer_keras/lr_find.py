"""`python -m fer_keras.lr_find experiments.NAME`: the learning-rate range test of a recipe's first (or named) phase.

The phase's own model, frozen layers, optimizer, loss, augmentation and batches, on Training rows only; the rate rises
from step to step and the weights are thrown away. What the recipe's schedule does to rate and momentum is left out.
"""

import argparse
import dataclasses
import functools
import importlib
import os
import pathlib
import time

import experiments
from fer_keras import environment
from fer_keras.cli import DEMO, Options, guarded
from fer_keras.errors import expected

JSON, FIGURE = "lr_find.json", "lr_find.png"


def main(arguments: list[str] | None = None) -> int:
    """Test, print the suggested rates and the recipe's, write JSON and figure; 2 for what the user can mend."""
    asked = _parser().parse_args(arguments)
    return guarded(lambda: _main(asked), stopped="Stopped. Nothing was written.")


def _main(asked):
    os.environ.update(environment.for_tensorflow(training=True))
    experiment, printed, phase = _chosen(asked)
    from fer_keras.train import range_test

    test = range_test.RangeTest(range_test.rates(asked.first, asked.last, asked.steps))
    names = {field.name for field in dataclasses.fields(Options)}
    options = Options(**{name: value for name, value in vars(asked).items() if name in names})
    folder, record = find(experiment, printed, phase, test, options)
    _write(folder, record)
    _say(folder, record)


def _chosen(asked):
    """Return the experiment, its recipe and the phase that the command line names."""
    name = asked.experiment.removeprefix("experiments.")
    if name not in experiments.ALL:
        raise expected(f"an experiment ({', '.join(experiments.ALL)})", repr(asked.experiment))
    experiment = importlib.import_module(f"experiments.{name}").EXPERIMENT
    recipes = {recipe.name: recipe for recipe in experiment.recipes}
    if asked.only and asked.only not in recipes:
        raise expected(f"--only {', '.join(recipes)}", repr(asked.only))
    recipe = recipes[asked.only] if asked.only else experiment.recipes[0]
    phases = [phase.name for phase in recipe.phases]
    if asked.phase and asked.phase not in phases:
        raise expected(f"--phase {', '.join(phases)} of {recipe.name}", repr(asked.phase))
    return experiment, recipe, asked.phase or phases[0]


def find(experiment, printed, phase_name: str, test, options: Options) -> tuple[pathlib.Path, dict]:
    """Run the range test `test` (a fresh RangeTest) of a recipe's phase; return (folder for the results, record).

    A later phase is tested from the recipe's start, not from the weights that the phases before it leave. The record
    holds the curve, the suggestions and the recipe's own rate. Raises UserError for anything the user can mend.
    """
    import keras

    from fer_keras import resolve
    from fer_keras.run import plan
    from fer_keras.source import splits_for
    from fer_keras.train import precision, range_test
    from fer_keras.train.sweep import sweep

    source, profile, recipe = plan(printed, options)
    phase = next(phase for phase in recipe.phases if phase.name == phase_name)
    chosen = precision.choose(options.precision, network=recipe.network)
    keras.mixed_precision.set_dtype_policy(chosen.policy)
    described = environment.describe(chosen.policy, chosen.jit, chosen.reason)
    identity = {"experiment": experiment.name, "recipe": recipe.name, "phase": phase.name}
    identity |= {"profile": DEMO if source.demo else profile, "seed": options.seed, "environment": described}
    name = f"{recipe.name}-{phase.name}-{identity['profile']}-seed{options.seed}"
    print(f"Range test of {name}: {described['device']}, {described['precision']}")
    rows = resolve.training_rows(printed, profile)
    train = splits_for(source, rows, options.seed, recipe.init, phase.data or recipe.data).train
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

    from fer_keras.data import pipeline
    from fer_keras.models import initial
    from fer_keras.run import build
    from fer_keras.settings import Constant
    from fer_keras.train import freeze, prepare

    phase = dataclasses.replace(phase, optimizer=dataclasses.replace(phase.optimizer, schedule=Constant()))
    keras.utils.set_random_seed(seed)
    model = build(recipe, len(train.class_names), train.images.shape[3], train.images.shape[1])
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


def _write(folder, record):
    from fer_keras import files
    from fer_keras.evaluate import figures_rates, figures_style

    files.write_json(folder / JSON, record)
    figures_style.save(figures_rates.range_test(record), folder / FIGURE)


def _say(folder, record):
    if record["stopped"]:
        print(f"Stopped after step {len(record['rates'])} of {record['asked_steps']}: {record['stopped']}.")
    found = record["suggested"]
    steepest = "none, the loss never falls" if found["steepest"] is None else f"{found['steepest']:.2e}"
    print(f"Suggested, steepest descent: {steepest}")
    print(f"Suggested, a tenth of the minimum's: {found['minimum_tenth']:.2e}")
    if found["at_the_end"]:
        print("The loss still falls at the last rate: a higher --to may show more.")
    schedule = record["optimizer"]["schedule"]["kind"]
    print(f"The recipe uses: {record['recipe_rate']:.2e} ({schedule})")
    for prefix, rate in record["optimizer"]["groups"]:
        share = rate / record["recipe_rate"]
        print(f"Layers {prefix}* rise with it, at {share:g} times the rate (recipe: {rate:.2e})")
    if record["data"]["synthetic"]:
        print("These are drawn faces: the curve says nothing about FER2013.")
    print(f"Written: {folder / JSON}, {folder / FIGURE}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fer_keras.lr_find",
        description="Learning-rate range test of a recipe. Without data it runs a demo on drawn faces.",
    )
    add = parser.add_argument
    add("experiment", metavar="experiments.NAME", help=f"one of: {', '.join(experiments.ALL)}")
    add("--only", metavar="RECIPE", help="another recipe of the experiment than its first")
    add("--phase", metavar="NAME", help="another phase than the first; it starts from the recipe's initial weights")
    add("--from", type=float, default=1e-7, dest="first", metavar="RATE", help="default: 1e-7")
    add("--to", type=float, default=10.0, dest="last", metavar="RATE", help="default: 10")
    add("--steps", type=int, default=100, metavar="N", help="default: 100")
    add("--data", metavar="PATH", help="as for the experiment; so are the options below")
    add("--affectnet", metavar="PATH")
    add("--profile", metavar="NAME")
    add("--seed", type=int, default=0, metavar="N", help="default: 0")
    add("--batch-size", type=int, metavar="N")
    add("--image-size", type=int, metavar="PX")
    add("--init", metavar="{imagenet,scratch,PATH}")
    add("--precision", choices=("float32", "mixed_bfloat16"))
    add("--soft-labels", action="store_true")
    add("--allow-unofficial", action="store_true")
    add("--generated", type=pathlib.Path, metavar="NPZ")
    add("--drop", type=pathlib.Path, metavar="CSV")
    add("--crop", action="store_true")
    add("--detector", type=pathlib.Path, metavar="ONNX")
    add("--out", type=pathlib.Path, metavar="DIR", help="default: runs/lr_find-<recipe>-<phase>-<profile>-seed<N>")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
