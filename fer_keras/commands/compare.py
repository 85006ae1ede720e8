"""`python -m fer_keras.compare RUN RUN`: do two runs differ by more than chance, on the same faces?"""

from pathlib import Path

from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.studies.compare import compare


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; return 0, or 2 for bad input (one line on stderr)."""
    parser = program.Parser(prog=program.name("compare"), description=__doc__)
    parser.add_argument(
        "runs", nargs=2, type=Path, metavar="RUN", help="run directory: runs/NAME or reports/results/NAME"
    )
    parser.add_argument("--split", default="test", help="predictions to compare: test (default), select, private ...")
    options = parser.parse_args(arguments)
    return run_command(lambda: print(compare(*options.runs, options.split)), stopped="Stopped.")
