"""The command line that every experiment shares. TensorFlow loads only once there is something to train."""

import argparse
import dataclasses
import pathlib
from collections.abc import Iterable

from fer_keras import recipes, runtime
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.program import Parser
from fer_keras.config import protocols
from fer_keras.config.datasets import DATASETS
from fer_keras.config.options import PRECISIONS, Options, require
from fer_keras.config.recipe import Experiment, Recipe
from fer_keras.config.resolve import PAPER
from fer_keras.io.errors import expected
from fer_keras.recipes import MODULES


@entry_point
def main(arguments: list[str]) -> int:
    """`fer-keras train NAME ...`: the program of the experiment called NAME, or of the one that has a recipe NAME."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: fer-keras train EXPERIMENT [arguments]\n\nfer-keras train EXPERIMENT --help explains them.\n")
        return list_experiments("fer-keras train ")
    name, *rest = arguments
    if name in recipes.MODULES:
        return run_program(recipes.experiment(name), rest, f"fer-keras train {name}")
    for experiment in recipes.experiments():
        if any(recipe.name == name for recipe in experiment.recipes):
            return run_program(experiment, ["--only", name, *rest], f"fer-keras train {name}")
    known = ", ".join(recipes.MODULES)
    return run_command(lambda: _refuse(expected(f"an experiment ({known}), or a recipe of one", repr(name))))


def _refuse(error):
    raise error


@entry_point
def run_program(experiment: Experiment, arguments: list[str] | None = None, program: str = "") -> int:
    """Run what the command line asks of `experiment`; return the exit code. `program` is what the usage line calls it."""
    asked = _parser(experiment, program or f"python -m experiments.{experiment.name}").parse_args(arguments)
    given = {field.name: getattr(asked, field.name) for field in dataclasses.fields(Options) if field.name in asked}
    given["phase_data"] = phase_data(asked)
    given["teachers"] = tuple(asked.teachers or ())
    chosen = [experiment.recipe(asked.only)] if asked.only else list(experiment.recipes[:1])
    return run_command(lambda: _run_all(experiment, chosen, asked.seeds, given))


def _run_all(experiment, recipes, seeds, given):
    requests = [(recipe, Options(**given, seed=seed)) for recipe in recipes for seed in seeds]
    for recipe, options in requests:
        require(options, recipe)
    runtime.prepare(training=True)
    from fer_keras.api.run import run

    for recipe, options in requests:
        run(experiment, recipe, options)


def _origin(experiment: Experiment) -> str:
    """Return "paper 003", or "the suite's own"."""
    return f"paper {experiment.paper}" if experiment.paper.isdecimal() else experiment.paper


def _parser(experiment: Experiment, program: str) -> Parser:
    names = [recipe.name for recipe in experiment.recipes]
    parser = Parser(
        prog=program,
        description=f"{experiment.title} ({_origin(experiment)}). Without data it runs a demo on drawn faces.",
    )
    profiles = sorted({PAPER, *(name for recipe in experiment.recipes for name in recipe.profiles)})
    add = parser.add_argument
    add_data_flags(parser, experiment.recipes)
    add("--profile", choices=profiles, help="default: paper with an accelerator, cpu without")
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, dest="seeds", nargs=1, default=[0], metavar="N", help="default: 0")
    seeds.add_argument("--seeds", type=int, nargs="+", metavar="N", help="one run for each")
    add("--epochs", type=int, metavar="N", help="epochs of every phase")
    add("--batch-size", type=int, metavar="N", help="images a step")
    add("--image-size", type=int, metavar="PX", help="side of the square that the backbone sees")
    add(
        "--init",
        metavar="{imagenet,faces,teacher,scratch,PATH}",
        help="where the network starts; PATH: model.keras of pretrain_backbone; teacher: from one of --teachers",
    )
    add("--precision", choices=PRECISIONS, help="default: what the device does fastest")
    add("--devices", type=int, metavar="N", help="share each batch among N; default: all accelerators that can evenly")
    add("--deterministic", action="store_true", help="the same bits again, interrupted or not; slower on a GPU")
    add(
        "--checkpoint-minutes", type=float, default=5.0, metavar="N", help="between checkpoints in an epoch; default: 5"
    )
    add(
        "--protocol",
        choices=protocols.PROTOCOLS,
        default=protocols.PAPER,
        help="how images are divided: as published, officially, or leaky on purpose (grouped is their control)",
    )
    add("--soft-labels", action="store_true", help="train on FER+ votes (fer2013new.csv beside the data)")
    add(
        "--allow-unofficial", action="store_true", help="run on data whose counts are not FER2013's; every page says so"
    )
    add(
        "--drop",
        type=pathlib.Path,
        metavar="CSV",
        help="leave out these Training images: dropped.csv of fer_keras.clean",
    )
    add("--crop", action="store_true", help="crop every face again, where --detector finds it")
    add("--detector", type=pathlib.Path, metavar="NAME|ONNX", help="for --crop: blazeface, haar, or YuNet's file")
    add("--generated", type=pathlib.Path, metavar="NPZ", help="generated.npz of fer_keras.gan, where a recipe needs it")
    add(
        "--teachers",
        type=pathlib.Path,
        nargs="+",
        metavar="RUN",
        help="finished runs, for a recipe that learns from some",
    )
    add("--only", choices=names, metavar="NAME", help=f"one of: {', '.join(names)}; default: the first")
    add("--out", type=pathlib.Path, metavar="DIR", help="run directory; an unfinished run there is resumed")
    add("--export", action="store_true", help="write a SavedModel (the demo always does)")
    add("--record", action="store_true", help="copy the results to reports/results and regenerate reports/")
    add("--tensorboard", action="store_true", help="write every epoch to DIR/tensorboard as well")
    add("--quiet", action="store_true", help="plain lines instead of a progress bar")
    return parser


def add_data_flags(parser: argparse.ArgumentParser, recipes: Iterable[Recipe]) -> None:
    """Add --data, --dataset, and a flag for each data set that a phase of `recipes` has besides the recipe's own."""
    add = parser.add_argument
    add(
        "--data",
        metavar="PATH",
        help="the data set: fer2013.csv, a folder with train/ and test/, or another one; else $FER2013, else data/",
    )
    add("--dataset", choices=DATASETS, help="which data set the recipe runs on; default: its own, or what PATH holds")
    for name in _phase_datasets(recipes):
        facts = DATASETS[name]
        add(
            facts.flag,
            metavar="PATH",
            help=f"{facts.title}, for the recipes with a phase on it; else ${facts.variable}",
        )


def phase_data(asked: argparse.Namespace) -> dict[str, str]:
    """Return {data set: path} of the flags that were given for phases."""
    return {name: path for name in DATASETS if (path := getattr(asked, name, None))}


def _phase_datasets(recipes: Iterable[Recipe]) -> list[str]:
    named = {
        (phase.data.facts.images, recipe.data.facts.images)
        for recipe in recipes
        for phase in recipe.phases
        if phase.data
    }
    return sorted({images for images, of_recipe in named if images != of_recipe})


@entry_point
def list_experiments(program: str = "python -m experiments.") -> int:
    """Print every experiment with its paper, the number it reports and what a run is estimated to take."""
    lines = []
    for name in MODULES:
        experiment = recipes.experiment(name)
        lines.append(f"{program}{name}   {_origin(experiment)}: {experiment.title}")
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
