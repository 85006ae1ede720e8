"""`python -m fer_keras.runs [DIR]`: the runs under DIR, what they are doing, and how much room they take."""

import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.runs.listing import listing

DEFAULT = pathlib.Path("runs")


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Print the table, or write a small run; return 0, or 2 when there is no such folder or run."""
    parser = program.Parser(prog=program.name("runs"), description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=pathlib.Path, default=DEFAULT, metavar="DIR", help=f"default: {DEFAULT}"
    )
    parser.add_argument(
        "--slim",
        nargs=2,
        type=pathlib.Path,
        metavar=("RUN", "OUT"),
        help="write a finished run to the new folder OUT, its weights in float16: a few MB that can teach or be started from",
    )
    asked = parser.parse_args(arguments)
    if asked.slim:
        return run_command(lambda: _slim(*asked.slim))
    return run_command(lambda: print("\n".join(listing(asked.folder))))


def _slim(run: pathlib.Path, out: pathlib.Path) -> None:
    runtime.prepare(training=False)
    from fer_keras.runs.slim import slim

    written = slim(run, out)
    size = sum(path.stat().st_size for path in written.iterdir())
    print(f"Written: {written}, {size / 1e6:.1f} MB")
