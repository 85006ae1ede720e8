"""`python -m fer_keras.report`: regenerate the pages of reports/; --check and --verify only look."""

from pathlib import Path

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.io.errors import expected
from fer_keras.runs.directory import MODEL
from fer_keras.runs.migration import migrate
from fer_keras.runs.record import RESULTS
from fer_keras.runs.verify import rebuild, verify
from fer_keras.studies import acceptance, trials
from fer_keras.studies.site import accept_recipe, check, drifted, regenerate


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Return 0, or 2 for bad input (one line); 1 when a page is stale, a recipe has changed since, a metric disagrees, or
    a fresh run lies outside the band of the recorded seeds.
    """
    parser = program.Parser(prog=program.name("report"), description=__doc__)
    parser.add_argument("--reports", type=Path, default=Path("reports"), metavar="DIR", help="default: reports")
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        "--check", action="store_true", help="name the pages that differ from what their JSON generates"
    )
    action.add_argument("--verify", action="store_true", help="compute every metric anew from the stored predictions")
    action.add_argument("--rebuild", action="store_true", help="make every metrics.json anew from the predictions")
    action.add_argument("--migrate", type=Path, metavar="RUN", help="convert a run directory of an earlier version")
    action.add_argument("--figures", type=Path, metavar="RUN", help="draw the figures of a recorded run; see --data")
    parser.add_argument("--data", metavar="PATH", help="for --figures: the run's data set, to draw its faces too")
    parser.add_argument("--out", type=Path, metavar="DIR", help="for --figures: default figures/<run>")
    action.add_argument(
        "--accept-recipe",
        metavar="RUN",
        help="let the result of RUN stand although its recipe has changed since (--why)",
    )
    parser.add_argument("--why", metavar="TEXT", help="the reason, for --accept-recipe")
    action.add_argument(
        "--accept", type=Path, metavar="RUN", help="does this fresh run lie within the band of the recorded seeds?"
    )
    action.add_argument("--trial", type=Path, metavar="RUN", help="list a finished run in search.md (--decided)")
    parser.add_argument("--decided", metavar="TEXT", help="for --trial: what its PublicTest accuracy decided")
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options), stopped="Stopped. Nothing half-written is left.")


def _run(options) -> int:
    if options.why and not options.accept_recipe:
        raise expected("--accept-recipe RUN with --why", "none")
    if options.decided and not options.trial:
        raise expected("--trial RUN with --decided", "none")
    if options.migrate:
        record = migrate(options.migrate)
        print(f"Converted: {options.migrate} holds {record['run'] if record else 'an unfinished run'}.")
        return 0
    if options.figures:
        print(f"Page: {_figures(options)}")
        return 0
    if not options.reports.is_dir():
        raise expected("a reports directory (--reports DIR)", options.reports)
    if options.verify:
        checked, faults = verify(options.reports)
        print("\n".join(faults) or f"{checked} sets of metrics agree with their predictions to the last digit.")
        return bool(faults)
    if options.rebuild:
        print("\n".join(f"wrote {path}" for path in rebuild(options.reports)) or "Nothing changed.")
        return 0
    if options.check:
        faults = [f"stale: {path}" for path in check(options.reports)] + drifted(options.reports)
        print("\n".join(faults) or "Every page is what its JSON generates, and every result is of today's recipe.")
        return bool(faults)
    if options.accept:
        judged = acceptance.judge(options.accept, options.reports)
        print(judged.text)
        return not judged.accepted
    if options.trial:
        trials.add(options.reports, options.trial, options.decided or "")
        changed = [options.reports / trials.RECORD, *regenerate(options.reports)]
    elif options.accept_recipe:
        changed = accept_recipe(options.reports, options.accept_recipe, options.why or "")
    else:
        changed = regenerate(_with_results(options.reports))
    print("\n".join(f"wrote {path}" for path in changed) or "Nothing changed.")
    return 0


def _with_results(reports: Path) -> Path:
    """Return `reports`, in which pages may be written. Raises UserError for a folder of something else."""
    if not (reports / RESULTS).is_dir():
        raise expected(f"a folder with {RESULTS}/, as --record makes it (--reports DIR)", reports)
    return reports


def _figures(options) -> Path:
    runtime.prepare(training=False)
    from fer_keras.data import find
    from fer_keras.report import local_figures

    faces = find.load(find.at(Path(options.data), "--data")) if options.data else None
    if faces is not None and not (options.figures / MODEL).is_file():
        print(f"No {MODEL} in {options.figures}: its errors are drawn without maps of where the network looks.")
    return local_figures.draw(options.figures, faces, options.out or Path("figures") / options.figures.name)
