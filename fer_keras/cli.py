"""The command line that every experiment shares. TensorFlow loads only once there is something to train."""

import argparse
import contextlib
import dataclasses
import errno
import importlib
import os
import pathlib
import signal
import sys

import experiments
from fer_keras import environment, protocols
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
    devices: int | None = None
    deterministic: bool = False
    checkpoint_minutes: float = 5.0
    soft_labels: bool = False
    protocol: str = protocols.PAPER
    allow_unofficial: bool = False
    drop: pathlib.Path | None = None
    crop: bool = False
    detector: pathlib.Path | None = None
    generated: pathlib.Path | None = None
    out: pathlib.Path | None = None
    export: bool = False
    record: bool = False
    tensorboard: bool = False
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


def guarded(action, stopped: str = "Stopped. The same command goes on from the last checkpoint.") -> int:
    """Call `action`; print a UserError in one line and return 2, return its own code (or 0) otherwise.

    `stopped` is what Ctrl-C and SIGTERM answer. A full disk, whoever finds it, is one line as well.
    """
    with contextlib.suppress(ValueError):  # not the main thread, which alone has signals
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return action() or 0
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(stopped, file=sys.stderr)
        return 130
    except Exception as error:
        if not _is_full_disk(error):
            raise
        print(f"error: Cannot write: {error}. Free space, then give the same command again.", file=sys.stderr)
        return 2


def _is_full_disk(error: Exception) -> bool:
    """Say whether `error` is a disk's, a quota's or a file size's limit; TensorFlow only has the system's words for it."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or os.strerror(errno.ENOSPC) in str(error)


def _run_all(experiment, recipes, seeds, given):
    os.environ.update(environment.for_tensorflow(training=True))
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
    add("--devices", type=int, metavar="N", help="share each batch among N; default: all accelerators that can evenly")
    add("--deterministic", action="store_true", help="the same bits again, interrupted or not; slower on a GPU")
    add(
        "--checkpoint-minutes", type=float, default=5.0, metavar="N", help="between checkpoints in an epoch; default: 5"
    )
    add(
        "--protocol",
        choices=protocols.PROTOCOLS,
        default=protocols.PAPER,
        help="how rows are divided: as the paper says, officially, or leaky on purpose (grouped is their control)",
    )
    add("--soft-labels", action="store_true", help="train on FER+ votes (fer2013new.csv beside the data)")
    add(
        "--allow-unofficial", action="store_true", help="run on data whose counts are not FER2013's; every page says so"
    )
    add(
        "--drop", type=pathlib.Path, metavar="CSV", help="leave out these Training rows: dropped.csv of fer_keras.clean"
    )
    add("--crop", action="store_true", help="crop every face anew with OpenCV's detector (requirements-faces.txt)")
    add("--detector", type=pathlib.Path, metavar="ONNX", help="for --crop: YuNet's file, instead of the Haar cascade")
    add("--generated", type=pathlib.Path, metavar="NPZ", help="generated.npz of fer_keras.gan, where a recipe needs it")
    add("--only", choices=names, metavar="NAME", help=f"one of: {', '.join(names)}; default: the first")
    add("--out", type=pathlib.Path, metavar="DIR", help="run directory; the same one again goes on where it stopped")
    add("--export", action="store_true", help="write a SavedModel (the demo always does)")
    add("--record", action="store_true", help="copy the results to reports/results and regenerate reports/")
    add("--tensorboard", action="store_true", help="write every epoch to DIR/tensorboard as well")
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
