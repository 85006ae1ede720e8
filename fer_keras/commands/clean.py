"""`python -m fer_keras.clean --data PATH [--out DIR]`: the list of Training rows that an experiment leaves out (--drop)."""

import pathlib
import shlex
import sys

from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.io.errors import expected

DEFAULT = pathlib.Path("runs/clean")
LIST, PAGE = "dropped.csv", "clean.md"


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Write dropped.csv and clean.md; return 0, or 2 with one line on stderr for what the user can mend."""
    asked = _parser().parse_args(arguments)
    words = sys.argv[1:] if arguments is None else arguments
    command = shlex.join(["python", "-m", "fer_keras.clean", *words])
    return run_command(lambda: _clean(asked, command), stopped="Stopped. Nothing half-written is left.")


def _clean(asked, command):
    from fer_keras.data import drop, find
    from fer_keras.detection import open_detector
    from fer_keras.io import files
    from fer_keras.studies.clean import cleaning, page

    if asked.out.exists() and not asked.out.is_dir():
        raise expected("a folder for --out", f"{asked.out}, which is a file")
    location = find.locate(asked.data, others=True)
    if location is None:
        raise find.missing()
    if asked.detector and asked.faces != "detector":
        raise expected("--faces detector with --detector", f"--faces {asked.faces or 'not given'}")
    detector = open_detector(asked.detector) if asked.faces == "detector" else None
    unreadable = _unreadable(location)
    faces = find.load(location, leave_out=frozenset(one.file for one in unreadable))
    rules = cleaning.Rules(duplicates=not asked.keep_duplicates, near=asked.near, faces=asked.faces)
    drops = unreadable + cleaning.find(faces, rules, detector)
    drop.write(asked.out / LIST, drops)
    dropped = drop.read(asked.out / LIST)
    no_face = cleaning.without_face(faces, asked.faces, detector) if asked.faces else {}
    text = page.render(faces, dropped, command, no_face)
    files.write(asked.out / PAGE, lambda part: part.write_text(text, encoding="utf-8"))
    print(page.by_class(faces, dropped))
    print(
        f"{len(drops):,} Training images in {asked.out / LIST}; evaluation images are never dropped. Page: {asked.out / PAGE}"
    )


def _unreadable(location):
    """Return a Drop for each Training image in folders that no reader takes. An evaluation image must be mended."""
    from fer_keras.config.labels import FER2013_CLASSES, TRAIN
    from fer_keras.data.drop import Drop
    from fer_keras.data.readers import folders

    found = folders.unreadable(location.path) if location.read is folders.read else []
    for one in found:
        if one.split != TRAIN:
            what = f"evaluation images that can be read, {one.file} among them"
            raise expected(what, one.why, "Evaluation images are never dropped: replace the file.")
    return [Drop(one.row, TRAIN, FER2013_CLASSES[one.label], "unreadable", one.why, one.file) for one in found]


def _parser() -> program.Parser:
    parser = program.Parser(
        prog=program.name("clean"),
        description="List the Training rows that are unreadable, blank, contradictory, copies of each other or of "
        "evaluation rows, or no faces, with the reason for each; experiments leave them out with --drop.",
    )
    add = parser.add_argument
    add("--data", metavar="PATH", help="fer2013.csv, icml_face_data.csv or image folders; else $FER2013, else data/")
    add("--out", type=pathlib.Path, default=DEFAULT, metavar="DIR", help=f"default: {DEFAULT}")
    add("--keep-duplicates", action="store_true", help="keep exact copies of Training rows that agree on the label")
    add("--near", action="store_true", help="drop near copies too, of Training and of evaluation rows (a minute)")
    add(
        "--faces",
        choices=("votes", "detector"),
        help="drop what is no face: by FER+ votes beside the data, or by a face detector, which misses some faces",
    )
    add(
        "--detector",
        type=pathlib.Path,
        metavar="NAME|ONNX",
        help="a detector by name (blazeface, haar), or YuNet's file",
    )
    return parser
