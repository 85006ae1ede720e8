"""Without an extra of the package a command says which one it needs, in one line."""

import os
import pathlib
import subprocess
import sys

import pytest

from fer_keras.commands.main import COMMANDS

BLOCKED = """
import sys
for name in ("keras", "tensorflow", "sklearn", "scipy", "matplotlib", "seaborn", "cv2"):
    sys.modules[name] = None
from fer_keras.commands.main import main
raise SystemExit(main(sys.argv[1:]))
"""


ROOT = pathlib.Path(__file__).resolve().parents[2]


def command(*words, folder=None):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *words], capture_output=True, text=True, timeout=120, cwd=folder, env=env
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    done = command(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")


def test_the_extra_that_is_missing_is_named(tmp_path):
    done = command("predict", "model.keras", "me.jpg", folder=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr
        == "error: Expected keras to be installed. Received: none. pip install 'fer-keras[train]' brings it.\n"
    )
