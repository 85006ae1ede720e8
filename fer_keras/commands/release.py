"""`fer-keras release RUN`: make the model that is installed with the package from a run."""

import pathlib

from fer_keras import pretrained, runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Write model.tflite and record.json, and print what they are; 2 for what the user can mend."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _release(options), stopped="Stopped. Nothing half-written is left.")


def _release(options):
    runtime.prepare(training=False)
    from fer_keras.api.datasets import load_dataset
    from fer_keras.exports.release import release

    faces = None if options.data is None else load_dataset(options.data)
    record = release(options.run, options.out, faces)
    file, test = record["file"], record["metrics"]["test"]
    print(
        f"{options.out / file['name']}: {file['bytes'] / 1e6:.1f} MB in {record['quantize']}, SHA-256 {file['sha256']}"
    )
    print(f"{record['run']}: accuracy {test['accuracy']:.4f} on {record['data']['test_name']}; {_again(record)}")


def _again(record) -> str:
    again = record["recomputed"]
    if again is None:
        return "not computed anew from the file (--data PATH does)"
    return f"{again['accuracy']:.4f} computed anew from the file on {again['rows']:,} images"


def _parser() -> program.Parser:
    parser = program.Parser(prog=program.name("release"), description=__doc__)
    add = parser.add_argument
    add("run", type=pathlib.Path, metavar="RUN", help="a finished run directory with its model.keras")
    add("--data", metavar="PATH", help="the run's data set: proves the file, and its accuracy on the test images")
    add("--out", type=pathlib.Path, default=pretrained.FOLDER, metavar="FOLDER", help="default: in the package itself")
    return parser
