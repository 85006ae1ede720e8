"""The command line that every experiment shares. TensorFlow loads only once there is something to train."""

import argparse
import dataclasses
import importlib
import os
import pathlib
import sys

import experiments
from fer_keras.errors import UserError
from fer_keras.recipe import Experiment, Recipe
from fer_keras.resolve import PAPER

DEMO = "demo"


@dataclasses.dataclass(frozen=True)
class Options:
    """What the user asked for on the command line; None means: the recipe, the profile or the hardware decides."""

    data: str | None = None
    affectnet: str | None = None
    profile: str | None = None
    seed: int = 0
    epochs: int | None = None
    batch_size: int | None = None
    image_size: int | None = None
    init: str | None = None
    precision: str | None = None
    soft_labels: bool = False
    allow_unofficial: bool = False
    out: pathlib.Path | None = None
    export: bool = False
    record: bool = False
    quiet: bool = False


def main(module: str, experiment: Experiment) -> None:
    """Run `experiment` when `module` is the program (`python -m experiments.x`); do nothing when it is imported."""
    if module != "__main__":
        return
    arguments = _parser(experiment).parse_args()
    given = {
        field.name: getattr(arguments, field.name) for field in dataclasses.fields(Options) if field.name != "seed"
    }
    recipes = [experiment.recipe(arguments.only)] if arguments.only else list(experiment.recipes[:1])
    raise SystemExit(guarded(lambda: _run_all(experiment, recipes, arguments.seeds, given)))


def guarded(action) -> int:
    """Call `action`; print a UserError in one line and return 2, return its own code (or 0) otherwise."""
    try:
        return action() or 0
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130


def _run_all(experiment, recipes, seeds, given):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from fer_keras.run import run

    for recipe in recipes:
        for seed in seeds:
            run(experiment, recipe, Options(**given, seed=seed))


def _parser(experiment: Experiment) -> argparse.ArgumentParser:
    names = [recipe.name for recipe in experiment.recipes]
    parser = argparse.ArgumentParser(
        prog=f"python -m experiments.{experiment.name}",
        description=f"{experiment.title} (paper {experiment.paper}). Without data it runs a demo on drawn faces.",
    )
    profiles = sorted({PAPER, *(name for recipe in experiment.recipes for name in recipe.profiles)})
    add = parser.add_argument
    add(
        "--data",
        metavar="PATH",
        help="fer2013.csv, icml_face_data.csv or a folder with train/ and test/; else $FER2013, else data/",
    )
    add("--affectnet", metavar="PATH", help="AffectNet's folder, for the recipes that train on it; else $AFFECTNET")
    add("--profile", choices=profiles, help="default: paper with an accelerator, cpu without")
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, dest="seeds", nargs=1, default=[0], metavar="N", help="default: 0")
    seeds.add_argument("--seeds", type=int, nargs="+", metavar="N", help="one run for each")
    add("--epochs", type=int, metavar="N", help="epochs of every phase")
    add("--batch-size", type=int, metavar="N", help="rows a step")
    add("--image-size", type=int, metavar="PX", help="side of the square that the backbone sees")
    add(
        "--init",
        metavar="{imagenet,scratch,PATH}",
        help="where the backbone starts; PATH: model.keras of pretrain_backbone",
    )
    add("--precision", choices=("float32", "mixed_bfloat16"), help="default: what the device does fastest")
    add("--soft-labels", action="store_true", help="train on FER+ votes (fer2013new.csv beside the data)")
    add(
        "--allow-unofficial", action="store_true", help="run on data whose counts are not FER2013's; every page says so"
    )
    add("--only", choices=names, metavar="NAME", help=f"one of: {', '.join(names)}; default: the first")
    add("--out", type=pathlib.Path, metavar="DIR", help="run directory; the same one again goes on where it stopped")
    add("--export", action="store_true", help="write a SavedModel (the demo always does)")
    add("--record", action="store_true", help="copy the results to reports/results and regenerate reports/")
    add("--quiet", action="store_true", help="plain lines instead of a progress bar")
    return parser


def list_experiments() -> int:
    """Print every experiment with its paper, the number it reports and what a run is estimated to take."""
    lines = []
    for name in experiments.ALL:
        experiment = importlib.import_module(f"experiments.{name}").EXPERIMENT
        lines.append(f"python -m experiments.{name}   paper {experiment.paper}: {experiment.title}")
        for recipe in experiment.recipes:
            lines.append(f"    --only {recipe.name:<28} {_headline(recipe):<32} {_durations(recipe)}")
    print("\n".join(lines))
    return 0


def _headline(recipe: Recipe) -> str:
    if not recipe.reported:
        return "reports no number"
    number = recipe.reported[0]
    return f"reports {number.metric} {number.value:.4g}"


def _durations(recipe: Recipe) -> str:
    minutes = {PAPER: recipe.paper_minutes} | {name: profile.minutes for name, profile in recipe.profiles.items()}
    return ", ".join(f"{name} ~{value:g} min" for name, value in minutes.items())
