"""`fer-keras predict [MODEL] INPUT...`: what a trained model sees in one's own photos and videos (Paper 001, appendix)."""

import argparse
import os
import pathlib
import sys
import warnings

from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.io.errors import expected

SUFFIXES = (".keras", ".tflite", ".h5", ".onnx")
IN_FOLDERS = ("saved_model.pb", "model.keras")
"""By which a folder is known as a model."""

EPILOG = """inputs: photos of any format that Pillow reads (HEIC with pillow-heif); folders, for all photos in and below
them; wildcards; videos and camera numbers (with OpenCV). A photo of at most 100 pixels both ways is taken as a face that
is cropped already. Exit code: 0; 1 when an input could not be predicted, each of which is a line on standard error; 2
when the model or an output is at fault."""


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Print what the model sees in each input; return 1 when one could not be predicted, 2 for a bad model or output."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _predict(options), stopped="Stopped.")


def _parser() -> program.Parser:
    parser = program.Parser(
        prog=program.name("predict"), description="What a trained model sees in your own photos.", epilog=EPILOG
    )
    add, folder = parser.add_argument, _path
    add(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="photo, folder, wildcard, video or camera number; a model may be first",
    )
    add("--model", type=folder, metavar="PATH", help="a run, its model.keras, a SavedModel or .tflite; default: ours")
    add(
        "--classes", type=_names, metavar="A,B,C", help="the model's classes in order, where its file does not say them"
    )
    add("--format", choices=("text", "json", "csv"), default="text", help="json: an object a line; default: text")
    add("--out", type=folder, metavar="FILE", help="write the lines there instead of to standard output")
    add("--draw", type=folder, metavar="OUT", help="annotated photo or video; a folder for several inputs")
    add("--timeline", type=folder, metavar="OUT", help="figure of a video's probabilities over time (Matplotlib)")
    add("--largest", action="store_true", help="only the largest face of a photo or frame")
    add(
        "--detect",
        "--crop",
        action=argparse.BooleanOptionalAction,
        help="find faces in small photos, too; --no-detect takes the central square of every photo as one face",
    )
    add("--detector", metavar="NAME|FILE", help="another face detector, by its name or file")
    add("--max-pixels", type=_positive(int), metavar="N", help="of a photo that is still read; default: 89,478,485")
    add(
        "--smooth",
        type=_positive(float),
        metavar="SECONDS",
        help="over which a video's probabilities are averaged; 0: off",
    )
    add("--seconds", type=_positive(float), metavar="N", help="stop a video or camera after them")
    return parser


def _predict(options) -> int:
    warnings.filterwarnings("ignore", module="PIL")  # of damaged EXIF data and the like, which change no pixel
    model, words = _split(options)
    from fer_keras.api.classifier import load_model as open_model
    from fer_keras.inference import session
    from fer_keras.inference.inputs import expand

    inputs = list(expand(words))
    _require_free(options.out, model, inputs)
    classifier = open_model(model, classes=options.classes, detect=options.detect, detector=options.detector)
    names = ("format", "out", "draw", "timeline", "detect", "largest", "max_pixels", "smooth", "seconds")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    failed = session.predict(classifier, inputs, session.Wanted(**given))
    if failed and len(inputs) > 1:
        print(f"{failed:,} of {len(inputs):,} inputs could not be predicted.", file=sys.stderr)
    return 1 if failed else 0


def _require_free(out, model, inputs) -> None:
    """Raise UserError where the lines would take the place of an input or of the model."""
    taken = [each.path for each in inputs if getattr(each, "kind", "camera") != "camera"]
    taken += [model, *(model / name for name in IN_FOLDERS)] if model else []
    if out and out.resolve() in {path.resolve() for path in taken}:
        raise expected("another place than an input or the model itself for --out", out)


def _split(options) -> tuple[pathlib.Path | None, list[str]]:
    """Return the model and the inputs: without --model a model may come first."""
    first, *rest = options.inputs
    if options.model or not _is_model(pathlib.Path(first)):
        return options.model, options.inputs
    if not rest:
        raise expected("a photo after the model", "none")
    return pathlib.Path(first), rest


def _is_model(path: pathlib.Path) -> bool:
    return path.suffix.lower() in SUFFIXES or any(os.path.exists(path / name) for name in IN_FOLDERS)


def _path(text: str) -> pathlib.Path:
    if not text:
        raise argparse.ArgumentTypeError("expected a path, received an empty one")
    return pathlib.Path(text)


def _positive(kind):
    def number(text: str):
        try:
            value = kind(text)
        except ValueError:
            value = -1
        if not 0 <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"expected a number from 0 up, received {text!r}")
        return value

    return number


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError(f"expected different names with commas between them, received {text!r}")
    return names
