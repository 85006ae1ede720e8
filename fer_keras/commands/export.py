"""`fer-keras export RUN`: write a trained model in a format for deployment."""

import argparse
import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Export, and print where to; 2 for what the user can mend."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _export(options), stopped="Stopped. Nothing half-written is left.")


def _export(options):
    runtime.prepare(training=False)
    from fer_keras.api.export import export

    print(f"{options.format}: {export(options.run, options.format, options.out)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program.name("export"), description=__doc__)
    parser.add_argument("run", type=pathlib.Path, metavar="RUN", help="a run directory, or the model.keras of one")
    parser.add_argument("--format", choices=("saved_model",), default="saved_model", help="default: saved_model")
    parser.add_argument("--out", type=pathlib.Path, metavar="PATH", help="default: beside the model, named by format")
    return parser
