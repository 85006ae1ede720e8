"""`fer-keras explain PHOTO`: where a model looks, as a picture, and whether hiding that lowers its score."""

import argparse
import json
import pathlib
import warnings

from fer_keras.commands.ending import entry_point, run_command
from fer_keras.commands.program import Parser
from fer_keras.io import files
from fer_keras.io.errors import expected

SUFFIX = "_explained.png"
EPILOG = """The model of the package has no gradients: of it there is the occlusion map. --model with a run or its
model.keras adds Grad-CAM and the network's own attention. Exit code: 0; 2 for bad input."""


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Write the picture and print the numbers; return 0, or 2 with one line on standard error for bad input."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _explain(options), stopped="Stopped. Nothing half-written is left.")


def _parser() -> Parser:
    parser = Parser(
        prog="fer-keras explain",
        description="Where a model looks at the face in a photo, and whether hiding that lowers its score.",
        epilog=EPILOG,
    )
    add = parser.add_argument
    add("photo", type=pathlib.Path, metavar="PHOTO")
    add("--model", type=pathlib.Path, metavar="RUN_OR_KERAS", help="a run or its model.keras; default: ours, in LiteRT")
    add("--true", metavar="CLASS", help="explain this class beside the predicted one")
    add("--layer", metavar="NAME", help="where Grad-CAM looks; default: the last feature map")
    add("--out", type=pathlib.Path, metavar="PNG", help=f"the picture; default: PHOTO's name with {SUFFIX}, here")
    add("--format", choices=("text", "json"), default="text", help="of what is printed; json: an object a face")
    add("--all-faces", action="store_true", help="every face of the photo, not only the largest")
    add("--detect", action=argparse.BooleanOptionalAction, help="as in fer-keras predict")
    add("--detector", metavar="NAME|FILE", help="another face detector, by its name or file")
    return parser


def _explain(options) -> int:
    warnings.filterwarnings("ignore", module="PIL")
    out = options.out or pathlib.Path(f"{options.photo.stem}{SUFFIX}")
    if out.suffix.lower() != ".png":
        raise expected("a name that ends in .png for --out", out)
    if out.resolve() == options.photo.resolve():
        raise expected("another place than the photo itself for --out", out)
    from fer_keras.api.classifier import load_model as open_model
    from fer_keras.explain.picture import picture

    classifier = open_model(options.model, detect=options.detect, detector=options.detector)
    explanations = classifier.explain(
        options.photo, true=options.true, layer=options.layer, all_faces=options.all_faces
    )
    sheet = picture(explanations)
    files.write(out, lambda part: sheet.save(part, format="PNG"))
    for each in explanations:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.format == "json" else "\n".join(each.lines()))
    if options.format == "text":
        print(f"Picture: {out}")
    return 0
