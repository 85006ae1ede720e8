"""`python -m experiments --all-transfer`: every row that starts from ImageNet, one run after the other, cheapest first.

First the weights that they start from are looked for, and fetched; a run without them is not begun. Each run is a process
of its own (`python -m experiments.NAME --only RECIPE`), so that one that fails ends no other. Finished ones are skipped,
stopped ones go on, failed ones are told at the end. With --at-once several recipes run beside each other, for a device that
one does not fill. With --submitit the runs are an array of jobs of the cluster that submitit finds (SLURM, say), one run a
job. Hours are the recipes' estimates: of the papers' rows on an accelerator, of the suite's own on two CPU cores.
"""

import concurrent.futures
import multiprocessing
import pathlib
import signal
import sys

from fer_keras import recipes
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.engines import Job, Outcome, beside, submitted, told
from fer_keras.commands.program import Parser
from fer_keras.config import resolve
from fer_keras.config.recipe import Recipe
from fer_keras.config.resolve import PAPER
from fer_keras.data import find
from fer_keras.data.datasets import drawn
from fer_keras.io.errors import UserError, expected
from fer_keras.runs import ahead, directory, listing

RUNS, LOGS = pathlib.Path("runs"), "logs"
CORES, ACCELERATOR = "two processor cores", "an accelerator"
FETCHED = ("imagenet", "faces")
"""Starts whose weights come from elsewhere."""


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Return 0 when every run is finished, 1 when one failed, 2 for bad input (one line)."""
    asked = _parser().parse_args(arguments)
    return run_command(lambda: _main(asked), stopped="Stopped. The same command goes on where it was.")


def _main(asked) -> int:
    resolve.require_at_least_one("--at-once", asked.at_once)
    found = jobs(asked.only, asked.seeds, asked.profile, asked.runs, asked.rest)
    left = [job for job in found if not directory.is_finished(pathlib.Path(job.folder))]
    print("\n".join(plan(found, left)))
    if asked.list or not left:
        return 0
    without = _without_weights(left)
    outcomes = [Outcome(job.name, 2, f"error: {without[job.recipe]}") for job in left if job.recipe in without]
    left = [job for job in left if job.recipe not in without]
    outcomes += _run(left, asked) if left else []
    print("\n".join(listing.listing(asked.runs)) if asked.runs.is_dir() else "No run was begun.")
    failed = [outcome for outcome in outcomes if outcome.code]
    print("\n".join(f"Failed: {one.name} (exit code {one.code}): {one.said}" for one in failed) or "All are finished.")
    return int(bool(failed))


def _run(left: list[Job], asked) -> list[Outcome]:
    _stop_where_the_terminal_closes()
    if asked.submitit:
        return submitted(left, asked.submitit, asked.cluster)
    return beside(left, asked.at_once, asked.runs / LOGS) if asked.at_once > 1 else [told(job) for job in left]


def _stop_where_the_terminal_closes() -> None:
    """Take a closed terminal for Ctrl-C, since it does not reach the runs themselves; nohup is left alone."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def jobs(only: list[str] | None, seeds: list[int], profile: str, runs: pathlib.Path, rest: list[str]) -> list[Job]:
    """Return the runs, cheapest first: of recipes that start from ImageNet, or of those called `only`.

    `rest` are arguments that every run is given. Raises UserError for an unknown recipe, or one without the profile.
    """
    known = recipes.recipes()
    chosen = only or [name for name, recipe in known.items() if recipe.init == "imagenet" and not _needs_runs(recipe)]
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise expected("--only with names of recipes (python -m experiments lists them)", ", ".join(unknown))
    fetching = _starts_elsewhere(rest)
    found = [_job(known[name], seed, profile, runs, rest, fetching) for name in chosen for seed in seeds]
    return sorted(found, key=lambda job: (job.minutes, job.recipe, job.seed))


def _needs_runs(recipe: Recipe) -> bool:
    """Tell whether a recipe needs what other programs leave first: teachers, generated faces."""
    return bool(recipe.data.teachers or recipe.generated)


def _starts_elsewhere(rest: list[str]) -> bool:
    """Tell whether runs with the arguments `rest` start where their recipes do: no other --init, and no drawn faces."""
    parser = Parser(prog="python -m experiments", add_help=False)
    parser.add_argument("--data")
    parser.add_argument("--init")
    given, _ = parser.parse_known_args(rest)
    if given.init:
        return False
    try:
        return find.locate(given.data, others=True) not in (None, drawn.NOWHERE)
    except UserError:  # which every run tells
        return False


def _job(recipe: Recipe, seed: int, profile: str, runs: pathlib.Path, rest: list[str], fetching: bool) -> Job:
    if profile != PAPER and profile not in recipe.profiles:
        raise expected(f"--profile {', '.join((PAPER, *recipe.profiles))} for {recipe.name}", repr(profile))
    minutes = recipe.paper_minutes if profile == PAPER else recipe.profiles[profile].minutes
    folder = runs / f"{recipe.name}-{profile}-seed{seed}"
    experiment = recipes.experiment_of(recipe.name)
    module = f"experiments.{experiment.name}"
    words = ("--only", recipe.name, "--profile", profile, "--seed", str(seed), "--out", str(folder), *rest)
    device = ACCELERATOR if profile == PAPER and experiment.paper.isdigit() else CORES
    trains_its_start = profile in recipe.profiles and bool(recipe.profiles[profile].start)
    fetches = fetching and recipe.init in FETCHED and not trains_its_start
    return Job(recipe.name, seed, minutes, device, (sys.executable, "-m", module, *words), str(folder), fetches)


def plan(found: list[Job], left: list[Job]) -> list[str]:
    """Return a line for each run with the hours that it needs, as its recipe estimates them, and one for all."""
    lines = [f"{job.minutes / 60:6.2f} h  {job.name}{'' if job in left else '  (finished)'}" for job in found]
    totals = [_total(device, [job for job in left if job.device == device]) for device in (CORES, ACCELERATOR)]
    return [
        *lines,
        *filter(None, totals),
        f"{len(left)} of {len(found)} runs are left; hours as their recipes estimate",
    ]


def _total(device: str, left: list[Job]) -> str:
    hours = sum(job.minutes for job in left) / 60
    return f"{hours:6.2f} h  for {len(left)} of them on {device}" if left else ""


def _without_weights(left: list[Job]) -> dict[str, str]:
    """Return {recipe: why} of those whose weights can be neither found nor fetched; {} where that cannot be found out.

    A process of its own looks, which gives a device's memory back when it ends.
    """
    names = sorted({job.recipe for job in left if job.fetches})
    if not names:
        return {}
    print("Looking for the weights that they start from.", flush=True)
    try:
        with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
            return apart.submit(ahead.unavailable, names).result()
    except Exception as error:  # each run looks for itself, so that one that fails ends no other
        print(f"note: it could not be looked for them: {type(error).__name__}: {error}", file=sys.stderr)
        return {}


def _parser() -> Parser:
    parser = Parser(prog="python -m experiments", description=__doc__)
    add = parser.add_argument
    add("--all-transfer", action="store_true", help="run every row that starts from ImageNet weights")
    add("--only", nargs="+", metavar="RECIPE", help="these recipes instead")
    add("--seeds", type=int, nargs="+", default=[0], metavar="N", help="one run of each recipe for each; default: 0")
    add("--profile", default=PAPER, metavar="NAME", help="default: paper, as published")
    add("--runs", type=pathlib.Path, default=RUNS, metavar="DIR", help=f"where run directories lie; default: {RUNS}")
    add("--list", action="store_true", help="show the runs and their hours, and run none")
    add(
        "--at-once",
        type=int,
        default=1,
        metavar="N",
        help=f"recipes beside each other, output in DIR/{LOGS}; default: 1",
    )
    add("--submitit", type=pathlib.Path, metavar="DIR", help="hand the runs to submitit, with its logs in DIR")
    add("--cluster", metavar="NAME", help="for --submitit: local or slurm, say; default: what it finds")
    add("rest", nargs="*", metavar="-- ...", help="after --: arguments for every run, as --data PATH --record")
    return parser
