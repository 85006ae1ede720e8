"""Networks in .tflite files of the suite, run by LiteRT's own runtime: no TensorFlow is loaded."""

import pathlib
import threading

import numpy as np

from fer_keras import litert
from fer_keras.inference import litert_file
from fer_keras.io.errors import expected
from fer_keras.models.contract import Contract

AT_ONCE = 8
"""Faces of a batch. Larger ones gain nothing: eight faces' maps fit the caches (`python -m benchmarks.inference`)."""


class Network:
    """uint8 faces [N, side, side, channels] to float32 probabilities [N, K]; N may be 0.

    Batches have AT_ONCE faces, and what is left goes one by one: memory is laid out for these two sizes and no other,
    the larger of them when it is first needed.
    """

    def __init__(self, content: bytes, contract: Contract, where: object, threads: int | None = None):
        """Open the network in `content`. Raises UserError when it does not take and give what `contract` says."""
        self.contract = contract
        self._content, self._where, self._threads = content, where, threads
        self._one, self._several = self._opened(1), None
        self._turn = threading.Lock()

    def __call__(self, faces: np.ndarray) -> np.ndarray:
        with self._turn:  # the network has one memory, whichever thread asks
            return self._probabilities(faces)

    def _probabilities(self, faces):
        whole = len(faces) - len(faces) % AT_ONCE
        results = [self._batch(faces[start : start + AT_ONCE]) for start in range(0, whole, AT_ONCE)]
        results += [self._one(faces[place : place + 1]) for place in range(whole, len(faces))]
        return np.concatenate(results) if results else np.zeros((0, len(self.contract.class_names)), np.float32)

    def _batch(self, faces):
        if self._several is None:
            self._several = self._opened(AT_ONCE)
        return self._several(faces)

    def _opened(self, size: int):
        """Return a function of uint8 faces [size, side, side, channels]."""
        interpreter = litert.open_network(self._content, f"a LiteRT file at {self._where}", self._threads)
        given, result = interpreter.get_input_details(), interpreter.get_output_details()
        self._require_contract(given, result)
        place = given[0]["index"]
        if size != 1:
            interpreter.resize_tensor_input(place, (size, *given[0]["shape"][1:]))
            interpreter.allocate_tensors()

        def call(faces):
            interpreter.set_tensor(place, np.ascontiguousarray(faces))
            interpreter.invoke()
            return interpreter.get_tensor(result[0]["index"])

        return call

    def _require_contract(self, given, result) -> None:
        takes = (1, self.contract.side, self.contract.side, self.contract.channels)
        gives = (1, len(self.contract.class_names))
        wanted = [(takes, np.uint8), (gives, np.float32)]
        received = [(tuple(map(int, tensor["shape"])), tensor["dtype"]) for tensor in (*given, *result)]
        if received != wanted:
            shapes = "; ".join(f"{np.dtype(kind).name} {shape}" for shape, kind in received)
            raise expected(f"uint8 faces {takes} in and float32 {gives} out at {self._where}", shapes)


def open_file(path: pathlib.Path, threads: int | None = None) -> Network:
    """Return the network in the .tflite file at `path`, which `fer-keras export` wrote.

    Args:
        threads: None for the processors at hand.

    Raises UserError for any other file, a damaged one among them, and where LiteRT is not installed.
    """
    content, contract = litert_file.read(path)
    return Network(content, contract, path, threads)
