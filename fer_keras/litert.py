"""LiteRT's own runtime (ai-edge-litert), without TensorFlow: opened in one place, quietly."""

import functools
import importlib.metadata
import os
import threading

import numpy as np

from fer_keras.io.errors import expected
from fer_keras.runtime import standard_error_held

PACKAGE = "ai-edge-litert"
INSTALL = f'pip install "{PACKAGE}>=2.1,<3"'
MOST_THREADS = 4


@functools.cache
def version() -> str:
    """Return "LiteRT" and its version. Raises UserError, with the command to install it, where there is none."""
    try:
        return f"LiteRT {importlib.metadata.version(PACKAGE)}"
    except importlib.metadata.PackageNotFoundError as error:
        raise expected(f"LiteRT ({PACKAGE})", "none installed", f"Run: {INSTALL}") from error


def open_network(content: bytes, what: str, threads: int | None = None):
    """Return an Interpreter of the .tflite file with `content`, its memory allocated.

    Args:
        what: names the file in the error: "a LiteRT file at PATH".
        threads: None for the processors that this process may use, up to MOST_THREADS.

    What LiteRT says on standard error while it opens a network is dropped; its errors are exceptions.
    Raises UserError where LiteRT is not installed, and for content that is no network which it can run.
    """
    version()
    with standard_error_held():
        try:
            network = _interpreter(content, threads)
            network.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raised = error
        else:
            return network
    raise expected(what, f"something that LiteRT cannot run ({' '.join(str(raised).split())[:100]})") from raised


class Shapes:
    """A network of one input, whose shape may change: memory is laid out for each shape, and kept for the last ones.

    Args:
        content, what, threads: see `open_network`, whose errors it raises.
        most: shapes that memory is kept for.
    """

    def __init__(self, content: bytes, what: str, most: int, threads: int | None = None):
        self._content, self._most, self._threads = content, most, threads
        network = open_network(content, what, threads)
        (given,) = network.get_input_details()
        self._input, self._outputs = given["index"], [detail["index"] for detail in network.get_output_details()]
        self._networks = {tuple(map(int, given["shape"])): network}
        self._turn = threading.Lock()

    def __call__(self, values: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for `values`; one thread after the other."""
        with self._turn:
            return self._outputs_of(values)

    def _outputs_of(self, values):
        network = self._networks.pop(values.shape, None) or self._laid_out(values.shape)
        self._networks[values.shape] = network
        if len(self._networks) > self._most:
            self._networks.pop(next(iter(self._networks)))
        network.set_tensor(self._input, values)
        network.invoke()
        return [network.get_tensor(index) for index in self._outputs]

    def _laid_out(self, shape):
        """Return a network for inputs of `shape`; what LiteRT says on standard error, it has said of the first one."""
        network = _interpreter(self._content, self._threads)
        network.resize_tensor_input(self._input, shape)
        network.allocate_tensors()
        return network


def share(users: int = 1) -> int:
    """Return how many threads each of as many networks takes that run at once."""
    return min(MOST_THREADS, max(1, processors() // users))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _interpreter(content, threads):
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_content=content, num_threads=threads or share())
