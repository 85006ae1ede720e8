"""LiteRT's own runtime (ai-edge-litert), without TensorFlow: opened in one place, quietly."""

import functools
import importlib.metadata
import os

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


def share(users: int = 1) -> int:
    """Return how many threads each of as many networks takes that run at once."""
    return min(MOST_THREADS, max(1, processors() // users))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _interpreter(content, threads):
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_content=content, num_threads=threads or share())
