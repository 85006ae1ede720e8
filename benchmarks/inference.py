"""From an installed package to an expression: cold start of `predict`, one face, many faces; LiteRT beside the others.

    python -m benchmarks.inference [--run RUN] [--peers PYTHON]

`fer-keras predict PHOTO` is timed in fresh processes, the photo a 48x48 face without a search for faces; rates are of the
network alone. A peer that ships its weights inside its package is measured in the same run where `--peers` is the Python
of an environment that has it (`pip install fer`), since its requirements are not those of the suite.
"""

import argparse
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

MANY, SIDE = 256, 48
SLOWEST_START, SLOWEST_FACE, LEAST_RATE = 1.0, 5.0, 400.0
EXPORTS = (("saved_model", "none"), ("litert", "none"), ("litert", "float16"), ("onnx", "none"))
TITLES = {"saved_model": "SavedModel", "litert": "LiteRT", "onnx": "ONNX Runtime"}
SHIPPED = "LiteRT float16"
"""What the package ships."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=pathlib.Path, help="a run or model.keras; default: Lite0 with random weights")
    parser.add_argument("--peers", metavar="PYTHON", help="of an environment in which fer is installed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    runtime.prepare(training=False)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        photo = folder / "face.png"
        images = np.random.default_rng(0).integers(0, 256, (MANY, SIDE, SIDE, 1), dtype=np.uint8)
        Image.fromarray(images[0, ..., 0]).save(photo)
        files = _written(folder, asked.run)
        calls = {title: _network(path) for title, path in files.items()}
        timed = {"rounds": asked.rounds, "seconds": asked.seconds}
        one = round_robin({title: _call(call, images[:1]) for title, call in calls.items()}, **timed)
        many = round_robin({title: _call(call, images) for title, call in calls.items()}, **timed)
        start = {title: _start(path, photo, asked.rounds) for title, path in files.items()}
        peer = peers.measure(asked.peers, photo, asked.seconds) if asked.peers else None
    rows = [
        (title, _seconds(start[title]), f"{1000 / one[title].median():.1f} ms", f"{many[title].median():.0f}")
        for title in files
    ]
    if peer:
        rows.append(("fer", _seconds(peer["start"]), f"{1000 * peer['one']:.1f} ms", f"{1 / peer['one']:.0f}"))
    columns = ("from", "cold start of predict", "one face", f"faces/s, {MANY} at once")
    publish("inference", "Inference", _note(asked, peer), columns, rows, _targets(start, one, many))


def _note(asked, peer) -> str:
    network = f"{asked.run.name}" if asked.run else "EfficientNet-Lite0 at 96 px with random weights"
    told = "fer takes faces one by one." if peer else "No peer measured."
    return f"{network}, 48x48 grey faces in. The start is a whole process; fer's begins at its first import. {told}"


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


def _call(call, faces):
    def batch():
        call(faces)
        return len(faces)

    return batch


def _start(path, photo, times) -> float | None:
    """Return the seconds of `fer-keras predict`, the median of fresh processes; None for what it does not read."""
    if path.suffix == ".onnx":
        return None
    words = [sys.executable, "-m", "fer_keras", "predict", "--model", str(path), "--no-detect", str(photo)]
    took = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    main()
