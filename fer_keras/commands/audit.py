"""`python -m fer_keras.audit PATH [--out DIR]`: find the copies in a data set, within its splits and across them."""

import pathlib
import time

from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.io.errors import expected

DEFAULT = pathlib.Path("runs/audit")


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Audit, print a summary and write the page; return 0, or 2 with one line on stderr for what the user can mend."""
    asked = _parser().parse_args(arguments)
    return run_command(lambda: _audit(asked), stopped="Stopped. Nothing half-written is left.")


def _audit(asked) -> None:
    audit(asked.path, asked.out)


def audit(path: pathlib.Path, out: pathlib.Path) -> pathlib.Path:
    """Audit the data set at `path` into folder `out`; return the page. Raises UserError for what the user can mend."""
    from fer_keras.data import find
    from fer_keras.studies.audit import audit_page, findings, page

    out = out.expanduser()
    if out.exists() and not out.is_dir():
        raise expected("a folder for --out", f"{out}, which is a file")
    faces = find.load(find.at(path.expanduser()))
    started = time.monotonic()
    found = findings.find(faces)
    record = findings.summary(found)
    seconds = round(time.monotonic() - started, 1)
    written = page.write(found, record, out, seconds)
    print("\n".join(audit_page.short(record)))
    print(f"Page: {written} ({time.monotonic() - started:.0f} s after loading)")
    return written


def _parser() -> program.Parser:
    parser = program.Parser(
        prog=program.name("audit"),
        description="Find exact and near copies, contradicting labels and blank images, within and across the splits "
        "of a data set; write audit.md with examples, audit.json, and pairs.csv.gz with every pair of rows. With "
        "FER+ votes beside the data, labels.md and labels.json say how far the two labellings agree.",
    )
    parser.add_argument(
        "path", type=pathlib.Path, metavar="PATH", help="fer2013.csv, image folders or any other data set"
    )
    parser.add_argument("--out", type=pathlib.Path, default=DEFAULT, metavar="DIR", help=f"default: {DEFAULT}")
    return parser
