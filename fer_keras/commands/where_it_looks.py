"""`fer-keras where-it-looks RUN... --data PATH`: how much of each network's attention lies on eyes, brows and mouth."""

import pathlib

from fer_keras import runtime
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.program import Parser

REPORTS = pathlib.Path("reports")


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Measure each run, print a line a map, and write its record; return 0, or 2 with one line for what is amiss."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _measure(options), stopped="Stopped. Nothing half-written is left.")


def _measure(options) -> None:
    runtime.prepare(training=False)
    from fer_keras.data import find
    from fer_keras.studies.where_it_looks import measure, page

    faces = find.load(find.at(options.data.expanduser()))
    folder, face = options.reports / page.FOLDER, measure.mean_face(faces)
    for run in options.runs:
        record = measure.measure(run, faces)
        for each in record["maps"]:
            print(f"{record['run']}, {each['kind']}: {100 * each['trained']['total']:.1f} % on eyes, brows and mouth")
        print(f"Record: {measure.save(folder, record, face)}", flush=True)
    print("`python -m fer_keras.report` writes the page.")


def _parser() -> Parser:
    parser = Parser(
        prog="fer-keras where-it-looks",
        description="How much of each network's attention lies on eyes, brows and mouth, over all PrivateTest images.",
    )
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN", help="a finished run with its model.keras")
    parser.add_argument("--data", type=pathlib.Path, required=True, metavar="PATH", help="FER2013")
    parser.add_argument("--reports", type=pathlib.Path, default=REPORTS, metavar="DIR", help=f"default: {REPORTS}")
    return parser
