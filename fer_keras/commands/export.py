"""`fer-keras export RUN`: write a trained model in formats for deployment, each proven equal to Keras."""

import argparse
import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.exports import FORMATS, QUANTIZATIONS


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Export, and print a line a format: what, where to, how far from Keras; 2 for what the user can mend."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _export(options), stopped="Stopped. Nothing half-written is left.")


def _export(options):
    from fer_keras.api.export import model_of

    model = model_of(options.run)
    runtime.prepare(training=False)
    from fer_keras.api.datasets import load_dataset
    from fer_keras.exports.write import export

    faces = None if options.data is None else load_dataset(options.data)
    for exported in export(model, options.format, options.quantize, options.out, options.classes, faces):
        print(exported, flush=True)


def _parser() -> program.Parser:
    parser = program.Parser(prog=program.name("export"), description=__doc__)
    add = parser.add_argument
    add("run", type=pathlib.Path, metavar="RUN", help="a run directory, or the model.keras of one")
    formats = f"one or more of {','.join(FORMATS)}; default: saved_model"
    add("--format", type=_formats, default=("saved_model",), metavar="A,B", help=formats)
    add("--quantize", choices=QUANTIZATIONS, default="none", help="litert: all; onnx: none, float16; default: none")
    help_data = "data set whose Training faces calibrate int8 and prove the export; default: drawn faces prove it"
    add("--data", metavar="PATH", help=help_data)
    add("--classes", type=_names, metavar="A,B,C", help="the classes in order, where the model does not say them")
    help_out = "what to write, for several formats the folder; default: beside the model, named by format"
    add("--out", type=pathlib.Path, metavar="PATH", help=help_out)
    return parser


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(names) <= set(FORMATS):
        raise argparse.ArgumentTypeError(f"expected {', '.join(FORMATS)} with commas between them, received {text!r}")
    return names


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
