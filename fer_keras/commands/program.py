"""A command's name, as the user called it, and its flags."""

import argparse
import pathlib
import sys

CONSOLE_SCRIPT = "fer-keras"


def name(command: str) -> str:
    """Return "fer-keras lr-find" where the console script was called, else "python -m fer_keras.lr_find"."""
    if pathlib.PurePath(sys.argv[0]).stem == CONSOLE_SCRIPT:
        return f"{CONSOLE_SCRIPT} {command}"
    return f"python -m fer_keras.{command.replace('-', '_')}"


class Parser(argparse.ArgumentParser):
    """Ends with exit code 2 and one line on what is wrong, instead of all flags and then that line."""

    def error(self, message: str):
        """Print `message` and where the flags are explained; exit with 2."""
        self.exit(2, f"{self.prog}: error: {message} (--help names the flags)\n")
