"""Packages that ship their weights, each run as its users run it, by a program of its own.

fer runs in the Python of an environment that has it, face-api in Node.js from a folder in which npm has installed it: what
they require is not what the suite requires. Each program reads a file of faces and answers lines on standard input. For
"COUNT TIMES" it classifies the first COUNT faces together, as often as TIMES says, and answers how many answers it got.
"""

import contextlib
import dataclasses
import json
import pathlib
import shutil
import subprocess
import time

from benchmarks.common import answering_program
from fer_keras.io.errors import expected

HERE = pathlib.Path(__file__).parent
VERSION = "import importlib.metadata; print(importlib.metadata.version('fer'))"
FER = "Make an environment for it: python3 -m venv FOLDER && FOLDER/bin/pip install fer 'setuptools<81'"
NPM = ("@vladmandic/face-api", "@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm")
CALLS = 20
"""Of one face between two lines, whose way through the pipe then counts for nothing."""


@dataclasses.dataclass(frozen=True)
class Peer:
    """`title` names the package and its version, `command` starts its program, `remark` says how it takes the faces."""

    title: str
    command: tuple[str, ...]
    remark: str

    def start(self, faces: pathlib.Path) -> float:
        """Return the seconds of a whole process that classifies one face of the file `faces`. Raises UserError."""
        began = time.perf_counter()
        answer = _answer((*self.command, str(faces)), self.title, given="1 1\n")
        took = time.perf_counter() - began
        if answer != "1":
            raise expected(f"one answer of {self.title} for one face", answer)
        return took

    @contextlib.contextmanager
    def answering(self, faces: pathlib.Path):
        """Give a call that has the first `count` faces of the file classified and returns how many faces that were."""
        with answering_program([*self.command, str(faces)]) as ask:

            def classify(count: int) -> int:
                times = CALLS if count == 1 else 1
                answers = int(ask(f"{count} {times}"))
                if answers != count * times:
                    raise RuntimeError(f"Expected {count * times} answers of {self.title}. Received: {answers}.")
                return answers

            yield classify


def fer(python: str) -> Peer:
    """Return the package fer in the environment of the program `python`. Raises UserError where it is not installed."""
    version = _answer((python, "-I", "-c", VERSION), f"a Python with fer at {python}", then=FER)
    program = (python, "-I", str(HERE / "fer_package.py"))
    return Peer(f"fer {version}", program, "fer takes all faces in one picture and runs its LiteRT file on each.")


def face_api(folder: pathlib.Path) -> Peer:
    """Return face-api as npm has installed it in `folder`. Raises UserError without it or Node.js."""
    node = shutil.which("node")
    if not node:
        raise expected("Node.js, which face-api runs in", "no program node", "Install Node.js 20.")
    version, tensorflow_js, _ = (_version(folder, package) for package in NPM)
    remark = (
        f"face-api takes all faces in one batch, in Node.js {_answer((node, '--version'), 'Node.js').lstrip('v')} on the"
        f" WebAssembly backend (SIMD, one thread) of TensorFlow.js {tensorflow_js}, the fastest that npm alone installs."
    )
    return Peer(f"face-api {version}", (node, str(HERE / "face_api.mjs"), str(folder)), remark)


def _version(folder: pathlib.Path, package: str) -> str:
    about = folder / "node_modules" / package / "package.json"
    if not about.is_file():
        run = f"Run: npm install --prefix {folder} {' '.join(NPM)}"
        raise expected(f"{package} in {folder}", "no such package", run)
    return json.loads(about.read_text(encoding="utf-8"))["version"]


def _answer(command: tuple[str, ...], what: str, given: str = "", then: str = "") -> str:
    """Return the last line that `command` prints. Raises UserError where it cannot be run or fails, `what` being expected."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True)
    except OSError as error:
        raise expected(what, error.strerror, then) from error
    if done.returncode or not done.stdout.strip():
        said = done.stderr.splitlines() or ["nothing"]
        raise expected(what, next((line for line in reversed(said) if "Error" in line), said[-1]).strip(), then)
    return done.stdout.splitlines()[-1]
