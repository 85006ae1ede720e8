"""`fer-keras NAME ...`: one console script for every command. Each command's module loads when it is called."""

import importlib
import sys

from fer_keras import __version__
from fer_keras.commands.ending import entry_point

COMMANDS = {
    "train": "train a recipe of a paper and write its report",
    "predict": "name the expressions in photos",
    "explain": "show where a model looks at a face, and whether that beats chance",
    "web": "photos and the webcam in a page of the browser",
    "export": "write a trained model in a format for deployment",
    "release": "make the model that the package ships from a run",
    "report": "write, check or recompute the pages of results",
    "compare": "do two runs differ by more than chance?",
    "runs": "list runs: what they are doing, and their sizes",
    "audit": "find copies and contradicting labels in a data set",
    "clean": "list the training images that are better left out",
    "peers": "score other people's published models on the same images",
    "where-it-looks": "measure how much attention lies on eyes, brows and mouth",
    "gan": "train a GAN on the faces of one class",
    "lr-find": "learning-rate range test of a recipe",
}
"""{command: what it does}; its module is `fer_keras.commands.NAME`, with a function `main(arguments) -> exit code`."""


@entry_point
def main(arguments: list[str] | None = None) -> int:
    """Run the named command with the arguments after its name; return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help"):
        print(usage())
        return 0
    if words[0] == "--version":
        print(f"fer-keras {__version__}")
        return 0
    name, *rest = words
    if name not in COMMANDS:
        print(f"error: Expected a command ({', '.join(COMMANDS)}). Received: {name!r}.", file=sys.stderr)
        return 2
    return importlib.import_module(f"fer_keras.commands.{name.replace('-', '_')}").main(rest)


def usage() -> str:
    """Return the list of commands, a line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name.ljust(width)}  {what}" for name, what in COMMANDS.items()]
    head = (
        "usage: fer-keras COMMAND [arguments]\n\nFacial expression recognition papers on FER2013, rebuilt in Keras.\n"
    )
    return "\n".join([head, "commands:", *lines, "", "fer-keras COMMAND --help explains one of them."])
