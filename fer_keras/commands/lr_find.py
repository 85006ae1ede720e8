"""`python -m fer_keras.lr_find experiments.NAME`: the learning-rate range test of a recipe's first (or named) phase.

The phase's own model, frozen layers, optimizer, loss, augmentation and batches, on Training rows only; the rate rises
from step to step and the weights are thrown away. What the recipe's schedule does to rate and momentum is left out.
"""

import dataclasses
import pathlib

from fer_keras import recipes, runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.train import add_data_flags, phase_data
from fer_keras.config.options import Options
from fer_keras.io.errors import expected


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Test, print the suggested rates and the recipe's, write JSON and figure; 2 for what the user can mend."""
    asked = _parser().parse_args(arguments)
    return run_command(lambda: _main(asked), stopped="Stopped. Nothing was written.")


def _main(asked):
    runtime.prepare(training=True)
    experiment, printed, phase = _chosen(asked)
    from fer_keras.studies import lr_find
    from fer_keras.training import range_test

    test = range_test.RangeTest(range_test.rates(asked.first, asked.last, asked.steps))
    names = {field.name for field in dataclasses.fields(Options)}
    given = {name: value for name, value in vars(asked).items() if name in names}
    options = Options(**given, phase_data=phase_data(asked))
    folder, record = lr_find.find(experiment, printed, phase, test, options)
    lr_find.write(folder, record)
    _say(folder, record)


def _chosen(asked):
    """Return the experiment, its recipe and the phase that the command line names."""
    name = asked.experiment.removeprefix("experiments.")
    if name not in recipes.MODULES:
        raise expected(f"an experiment ({', '.join(recipes.MODULES)})", repr(asked.experiment))
    experiment = recipes.experiment(name)
    known = {recipe.name: recipe for recipe in experiment.recipes}
    if asked.only and asked.only not in known:
        raise expected(f"--only {', '.join(known)}", repr(asked.only))
    recipe = known[asked.only] if asked.only else experiment.recipes[0]
    phases = [phase.name for phase in recipe.phases]
    if asked.phase and asked.phase not in phases:
        raise expected(f"--phase {', '.join(phases)} of {recipe.name}", repr(asked.phase))
    return experiment, recipe, asked.phase or phases[0]


def _say(folder, record):
    from fer_keras.studies import lr_find

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
    print(f"Written: {folder / lr_find.JSON}, {folder / lr_find.FIGURE}")


def _parser() -> program.Parser:
    parser = program.Parser(
        prog=program.name("lr-find"),
        description="Learning-rate range test of a recipe. Without data it runs a demo on drawn faces.",
    )
    add = parser.add_argument
    add("experiment", metavar="experiments.NAME", help=f"one of: {', '.join(recipes.MODULES)}")
    add("--only", metavar="RECIPE", help="another recipe of the experiment than its first")
    add("--phase", metavar="NAME", help="another phase than the first; it starts from the recipe's initial weights")
    add("--from", type=float, default=1e-7, dest="first", metavar="RATE", help="default: 1e-7")
    add("--to", type=float, default=10.0, dest="last", metavar="RATE", help="default: 10")
    add("--steps", type=int, default=100, metavar="N", help="default: 100")
    add_data_flags(parser, recipes.recipes().values())
    add("--profile", metavar="NAME")
    add("--seed", type=int, default=0, metavar="N", help="default: 0")
    add("--batch-size", type=int, metavar="N")
    add("--image-size", type=int, metavar="PX")
    add("--init", metavar="{imagenet,faces,scratch,PATH}")
    add("--precision", choices=("float32", "mixed_bfloat16"))
    add("--soft-labels", action="store_true")
    add("--allow-unofficial", action="store_true")
    add("--generated", type=pathlib.Path, metavar="NPZ")
    add("--drop", type=pathlib.Path, metavar="CSV")
    add("--crop", action="store_true")
    add("--detector", type=pathlib.Path, metavar="NAME|ONNX")
    add("--out", type=pathlib.Path, metavar="DIR", help="default: runs/lr_find-<recipe>-<phase>-<profile>-seed<N>")
    return parser
