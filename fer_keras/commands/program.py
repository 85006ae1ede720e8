"""What a command is called on its usage line: as the user called it."""

import pathlib
import sys

CONSOLE_SCRIPT = "fer-keras"


def name(command: str) -> str:
    """Return "fer-keras lr-find" where the console script was called, else "python -m fer_keras.lr_find"."""
    if pathlib.PurePath(sys.argv[0]).stem == CONSOLE_SCRIPT:
        return f"{CONSOLE_SCRIPT} {command}"
    return f"python -m fer_keras.{command.replace('-', '_')}"
