"""Without an extra of the package a command says which one it needs, in one line."""

import os
import pathlib
import subprocess
import sys

import pytest

from fer_keras.commands.main import COMMANDS

BLOCK = """
import sys
for name in ("keras", "tensorflow", "sklearn", "scipy", "matplotlib", "seaborn", "cv2"):
    sys.modules[name] = None
"""
COMMAND = (
    BLOCK
    + """
from fer_keras.commands.main import main
raise SystemExit(main(sys.argv[1:]))
"""
)
NEEDS_KERAS = "Expected keras to be installed. Received: none. pip install 'fer-keras[train]' brings it.\n"


ROOT = pathlib.Path(__file__).resolve().parents[2]


def command(*words, folder=None):
    return python(COMMAND, *words, folder=folder)


def python(program, *words, folder=None):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=120, cwd=folder, env=env
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    done = command(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")


def test_the_extra_that_is_missing_is_named(tmp_path):
    done = command("predict", "model.keras", "me.jpg", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: " + NEEDS_KERAS


@pytest.mark.parametrize("call", ["train('compact')", "create_model('compact')", "evaluate(None, None)"])
def test_so_does_a_python_call_that_needs_it(call, tmp_path):
    done = python(f"{BLOCK}import fer_keras\nfer_keras.{call}", folder=tmp_path)
    assert done.stderr.endswith("UserError: " + NEEDS_KERAS)
    assert list(tmp_path.iterdir()) == []


def test_faces_are_read_without_any(tmp_path):
    pixels = " ".join(["7"] * 48 * 48)
    (tmp_path / "fer2013.csv").write_text(f"emotion,pixels,Usage\n3,{pixels},Training\n")
    program = "import fer_keras\nfaces = fer_keras.load_dataset('fer2013.csv')\nprint(faces.images.shape, faces.labels)"
    done = python(BLOCK + program, folder=tmp_path)
    assert done.stdout == "(1, 48, 48, 1) [3]\n", done.stderr
