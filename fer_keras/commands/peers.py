"""`fer-keras peers NAME FILE --data PATH`: score a published model on FER2013's rows."""

import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.studies.peers.registry import PEERS

REPORTS = pathlib.Path("reports")


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Score, print one line, and write the record; return 0, or 2 with one line on stderr for what the user can mend."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _peers(options), stopped="Stopped. Nothing half-written is left.")


def _peers(options) -> None:
    runtime.prepare(training=False)
    from fer_keras.data import find
    from fer_keras.report.markdown import number
    from fer_keras.studies.peers import measure, page

    faces = find.load(find.at(options.data.expanduser()))
    folder = options.reports / page.FOLDER / options.name
    measure.measure(options.name, options.file.expanduser(), faces, folder)
    scores = measure.scores(folder)
    print(f"{options.name}: PrivateTest {number('accuracy', scores['private']['accuracy'])}, into {folder}")
    print("`python -m fer_keras.report` writes the page.")


def _parser() -> program.Parser:
    known = "; ".join(f"{name}: {peer.file} of {peer.package}" for name, peer in PEERS.items())
    parser = program.Parser(
        prog=program.name("peers"),
        description="Score a published model on FER2013's rows. Its package is unpacked or installed first; none of its "
        f"code is run. {known}.",
    )
    parser.add_argument("name", choices=PEERS, metavar="NAME", help=f"one of {', '.join(PEERS)}")
    parser.add_argument(
        "file", type=pathlib.Path, metavar="FILE", help="the file of its package that holds the weights"
    )
    parser.add_argument("--data", type=pathlib.Path, required=True, metavar="PATH", help="FER2013, in its three splits")
    parser.add_argument("--reports", type=pathlib.Path, default=REPORTS, metavar="DIR", help=f"default: {REPORTS}")
    return parser
