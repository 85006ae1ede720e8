"""`python -m fer_keras.gan [--data PATH]`: train a GAN on the Training rows of one class, and make faces with it."""

import pathlib

from fer_keras import runtime
from fer_keras.commands import program
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.config.datasets import SPLITS
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.studies.gan import EPOCHS


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Train, make faces and write the page; return 0, or 2 with one line on stderr for what the user can mend."""
    asked = _parser().parse_args(arguments)
    return run_command(lambda: _make(asked))


def _make(asked):
    runtime.prepare(training=True)
    from fer_keras.studies.gan.make import make

    make(asked)


def _parser() -> program.Parser:
    parser = program.Parser(
        prog=program.name("gan"),
        description="Train a small DCGAN on the Training images of one class and make faces with it (Paper 003, §4.2.2): "
        "generated.npz for --generated of the experiments, and a page that says whether it has memorised its images. "
        "Without data it is a demo on drawn faces. The same command again resumes a stopped one.",
    )
    add = parser.add_argument
    add("--data", metavar="PATH", help="as for the experiments; else $FER2013, else data/")
    add("--class", dest="class_name", choices=FER2013_CLASSES, default="disgust", help="default: disgust")
    add("--faces", type=int, default=3000, metavar="N", help="faces to make; default: 3000")
    add("--epochs", type=int, metavar="N", help=f"default: {EPOCHS}, some 10 minutes of one core on disgust; demo: 300")
    add("--seed", type=int, default=0, metavar="N", help="default: 0")
    add("--split", choices=SPLITS, default="official", help="which images are Training: the run's; default: official")
    add("--allow-unofficial", action="store_true", help="data whose counts are not FER2013's; the page says so")
    add("--out", type=pathlib.Path, metavar="DIR", help="default: runs/gan_CLASS-seedN")
    return parser
