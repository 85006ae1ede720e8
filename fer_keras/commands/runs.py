"""`python -m fer_keras.runs [DIR]`: the runs under DIR, what they are doing, and how much room they take."""

import argparse
import pathlib

from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.runs.listing import listing

DEFAULT = pathlib.Path("runs")


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 0, or 2 when there is no such folder."""
    parser = argparse.ArgumentParser(prog=program.name("runs"), description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=pathlib.Path, default=DEFAULT, metavar="DIR", help=f"default: {DEFAULT}"
    )
    asked = parser.parse_args(arguments)
    return run_command(lambda: print("\n".join(listing(asked.folder))))
