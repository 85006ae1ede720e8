"""`python -m fer_keras.predict MODEL IMAGE...`: what a trained model sees in one's own photos (Paper 001, appendix)."""

import argparse
import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Print one line an image: file, predicted expression, confidence; 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog=program.name("predict"), description="What a trained model sees in your own photos."
    )
    parser.add_argument("model", type=pathlib.Path, help="model.keras of a run, or its SavedModel folder")
    parser.add_argument(
        "images", type=pathlib.Path, nargs="+", help="faces; PNG, JPEG, BMP or GIF of any size; cropped, unless --crop"
    )
    parser.add_argument(
        "--crop",
        action=argparse.BooleanOptionalAction,
        help="find the largest face with OpenCV and crop to it; default: as the model's run did with its rows",
    )
    parser.add_argument(
        "--detector", type=pathlib.Path, metavar="ONNX", help="YuNet's file, instead of the Haar cascade"
    )
    parser.add_argument(
        "--classes", type=_names, metavar="A,B,C", help="the model's classes in order, where its file does not say them"
    )
    options = parser.parse_args(arguments)
    return run_command(lambda: _predict(options), stopped="Stopped.")


def _predict(options):
    runtime.prepare(training=False)
    from fer_keras.inference import loading

    model = loading.load(options.model, options.classes, options.crop, options.detector)
    for path in options.images:
        prediction = model.predict(path)[0]
        print(
            f"{path}: {prediction.emotion} ({100 * prediction.confidence:.2f}% confidence){_place(model, prediction)}"
        )


def _place(model, prediction) -> str:
    """Return where the face was, for a model that looks for one."""
    if not model.cropping:
        return ""
    if prediction.box is None:
        return "; no face found, centre taken"
    left, top, width, height = prediction.box
    return f"; face of {width}x{height} pixels at {left},{top}"


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError(f"expected different names with commas between them, received {text!r}")
    return names
