"""Faces a second and milliseconds a face: .keras, SavedModel, and where installed LiteRT and ONNX Runtime.

    python -m benchmarks.inference [--model hybrid_resnet50] [--size 48]

Start-up (a fresh process: imports, loading, the first face) is measured apart from the faces after it.
"""

import argparse
import importlib.util
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks.common import publish, round_robin
from fer_keras.config.labels import FER2013_CLASSES

MANY = 256
FIRST_FACE = """
import sys, time
began = time.perf_counter()
sys.path.insert(0, "")
import numpy as np
from benchmarks.inference import LOADERS
LOADERS[sys.argv[1]](sys.argv[2])(np.zeros((1, 48, 48, 1), "uint8"))
print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="hybrid_resnet50")
    parser.add_argument("--size", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = _written(pathlib.Path(folder), asked.model, asked.size)
        calls = {name: LOADERS[name](str(path)) for name, path in files.items()}
        faces = np.random.default_rng(0).integers(0, 256, (MANY, 48, 48, 1), dtype=np.uint8)
        _agree(calls, faces[:4])
        one = round_robin({name: _call(call, faces[:1]) for name, call in calls.items()}, rounds=asked.rounds)
        many = round_robin({name: _call(call, faces) for name, call in calls.items()}, rounds=asked.rounds)
        start = {name: _start(name, path) for name, path in files.items()}
    lines = [
        (name, f"{start[name]:.1f} s", f"{1000 / one[name].median():.1f} ms", many[name].median()) for name in files
    ]
    absent = [name for name in LOADERS if name not in files]
    note = f"{asked.model} at {asked.size} px, 48x48 grey faces in. Not installed: {', '.join(absent) or 'nothing'}."
    columns = ("from", "start to first face", "one face", f"faces/s in batches of {MANY}")
    publish("inference", "Inference", note, columns, lines, [])


def _written(folder, name, size):
    from fer_keras.models import builder, export

    model = builder(name)(image_size=size)
    model.save(folder / "model.keras")
    found = {".keras": folder / "model.keras"}
    found["SavedModel"] = export.saved_model(found[".keras"], folder / "saved_model", FER2013_CLASSES)
    if importlib.util.find_spec("ai_edge_litert"):
        model.export(str(folder / "model.tflite"), format="litert", verbose=False)
        found["LiteRT"] = folder / "model.tflite"
    if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("tf2onnx"):
        model.export(str(folder / "model.onnx"), format="onnx", verbose=False)
        found["ONNX Runtime"] = folder / "model.onnx"
    return found


def _from_keras(path):
    from fer_keras.models import saved

    model = saved.load(pathlib.Path(path))
    return lambda faces: model.predict_on_batch(faces)


def _from_saved_model(path):
    import tensorflow as tf

    loaded = tf.saved_model.load(path)
    return lambda faces: loaded.serve(faces)["probabilities"].numpy()


def _from_litert(path):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    given, result = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def call(faces):
        if tuple(interpreter.get_input_details()[0]["shape"]) != faces.shape:
            interpreter.resize_tensor_input(given, faces.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(given, faces)
        interpreter.invoke()
        return interpreter.get_tensor(result)

    return call


def _from_onnx(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda faces: session.run(None, {name: faces})[0]


LOADERS = {
    ".keras": _from_keras,
    "SavedModel": _from_saved_model,
    "LiteRT": _from_litert,
    "ONNX Runtime": _from_onnx,
}


def _agree(calls, faces):
    expected = calls[".keras"](faces)
    for name, call in calls.items():
        np.testing.assert_allclose(call(faces), expected, atol=1e-3, err_msg=name)


def _call(call, faces):
    def batch():
        call(faces)
        return len(faces)

    return batch


def _start(name, path, times=3) -> float:
    command = [sys.executable, "-c", FIRST_FACE, name, str(path)]
    took = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    main()
