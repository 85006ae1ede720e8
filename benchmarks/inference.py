"""From an installed package to an expression: cold start, one face, many faces; LiteRT beside the others.

    python -m benchmarks.inference [--run RUN] [--peers PYTHON] [--node FOLDER]

docs/ensemble.md says how to have the package's model as a RUN. Starts are whole processes, the face 48x48 and without a
search for faces; rates are of the network alone. Two packages that ship their weights are measured in the same run
(benchmarks/peers.py), where they are installed outside the suite:

    python3 -m venv FOLDER && FOLDER/bin/pip install fer 'setuptools<81'                             --peers FOLDER/bin/python
    npm install --prefix FOLDER @vladmandic/face-api @tensorflow/tfjs @tensorflow/tfjs-backend-wasm  --node FOLDER
"""

import argparse
import contextlib
import functools
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

from benchmarks import peers
from benchmarks.common import Target, publish, round_robin
from fer_keras import runtime
from fer_keras.commands.ending import entry_point, run_command

MANY, SIDE = 256, 48
SLOWEST_START, SLOWEST_FACE, LEAST_RATE = 1.0, 5.0, 400.0
EXPORTS = (("saved_model", "none"), ("litert", "none"), ("litert", "float16"), ("onnx", "none"))
TITLES = {"saved_model": "SavedModel", "litert": "LiteRT", "onnx": "ONNX Runtime"}
SHIPPED = "LiteRT float16"
"""What the package ships."""

ONNX = """
import sys
import numpy as np
import onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
print(session.run(["probabilities"], {"face": np.asarray(Image.open(sys.argv[2]))[None, ..., None]}))
"""
"""A program for a model that `fer-keras predict` does not read."""


@entry_point
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=pathlib.Path, help="a run or model.keras; default: Lite0 with random weights")
    parser.add_argument("--peers", metavar="PYTHON", help="of an environment in which fer is installed")
    parser.add_argument("--node", metavar="FOLDER", type=pathlib.Path, help="in which npm has installed face-api")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    return run_command(lambda: _measure(asked), stopped="Stopped. Nothing was written.")


def _measure(asked) -> None:
    runtime.prepare(training=False)
    installed = [peers.fer(asked.peers)] if asked.peers else []
    installed += [peers.face_api(asked.node)] if asked.node else []
    images = np.random.default_rng(0).integers(0, 256, (MANY, SIDE, SIDE, 1), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        photo, faces = folder / "face.png", folder / "faces"
        Image.fromarray(images[0, ..., 0]).save(photo)
        faces.write_bytes(images.tobytes())
        for peer in installed:
            peer.start(faces)  # else one that cannot would end the run after minutes
        files = _written(folder, asked.run)
        starts = {title: functools.partial(_start, path, photo) for title, path in files.items()}
        starts |= {peer.title: functools.partial(peer.start, faces) for peer in installed}
        start = _starts(starts, asked.rounds)
        calls = {title: _call(_network(path), images) for title, path in files.items()}
        calls |= {peer.title: stack.enter_context(peer.answering(faces)) for peer in installed}
        one, many = (_rates(calls, count, asked) for count in (1, MANY))
    rows = [
        (title, f"{start[title]:.2f} s", f"{1000 / one[title].median():.1f} ms", f"{many[title].median():.0f}")
        for title in calls
    ]
    columns = ("from", "cold start", "one face", f"faces/s, {MANY} at once")
    publish("inference", "Inference", _note(asked, installed), columns, rows, _targets(start, one, many))


def _note(asked, installed) -> str:
    network = asked.run.name if asked.run else "EfficientNet-Lite0 at 96 px with random weights"
    remarks = [peer.remark for peer in installed] or ["No peer measured."]
    return " ".join(
        (
            f"{network}, 48x48 grey faces in, found already. The start is a whole process for one face, its files in the"
            " system's cache: `fer-keras predict`, for ONNX Runtime and peers a program that does no more.",
            *remarks,
        )
    )


def _targets(start, one, many) -> list[Target]:
    return [
        Target("cold start of predict, s", SLOWEST_START, start[SHIPPED], at_most=True),
        Target("one face, ms", SLOWEST_FACE, 1000 / one[SHIPPED].median(), at_most=True),
        Target("faces/s", LEAST_RATE, many[SHIPPED].median()),
    ]


def _written(folder, run) -> dict[str, pathlib.Path]:
    """Return {title: file} of every format."""
    from fer_keras.api.export import model_of
    from fer_keras.exports.write import default_name, export

    model = model_of(run) if run else _random(folder)
    found = {".keras": model}
    for name, quantize in EXPORTS:
        (done,) = export(model, [name], quantize, folder / default_name(name, quantize))
        found[TITLES[name] if quantize == "none" else f"{TITLES[name]} {quantize}"] = done.path
    return found


def _random(folder) -> pathlib.Path:
    """Write Lite0 with random weights and sharp answers, so that an export in float16 can be proven."""
    import keras

    from fer_keras.config.labels import FER2013_CLASSES
    from fer_keras.models import builder, saved
    from fer_keras.models.contract import Contract

    keras.utils.set_random_seed(0)
    model = builder("backbone_classifier")(backbone="efficientnetlite0_320", image_size=96)
    head = model.get_layer("logits")
    kernel = np.random.default_rng(0).normal(size=head.kernel.shape)
    head.set_weights([kernel, np.linspace(-5, 5, kernel.shape[1])])
    saved.save(model, folder / "model.keras", Contract(tuple(FER2013_CLASSES), "fer2013", SIDE, 1))
    return folder / "model.keras"


def _network(path):
    """Return the network at `path` as a function of uint8 faces."""
    from fer_keras.exports import exporter
    from fer_keras.inference.loading import load

    return exporter("onnx").read(path) if path.suffix == ".onnx" else load(path, crop=False).forward


def _call(network, faces):
    def classify(count: int) -> int:
        network(faces[:count])
        return count

    return classify


def _rates(calls, count: int, asked) -> dict:
    cases = {title: functools.partial(call, count) for title, call in calls.items()}
    return round_robin(cases, rounds=asked.rounds, seconds=asked.seconds)


def _starts(starts, times: int) -> dict[str, float]:
    """Return {title: seconds}, the median of `times` fresh processes of each, in turns."""
    took = [{title: start() for title, start in starts.items()} for _ in range(times)]
    return {title: statistics.median(turn[title] for turn in took) for title in starts}


def _start(path, photo) -> float:
    """Return the seconds of a process that names the expression in `photo` with the model at `path`."""
    predict = ["-m", "fer_keras", "predict", "--no-detect", "--model", str(path), str(photo)]
    words = ["-c", ONNX, str(path), str(photo)] if path.suffix == ".onnx" else predict
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
