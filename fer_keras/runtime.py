"""What is settled before the first line of a command: environment variables, TensorFlow's start, the terminal's streams."""

import contextlib
import faulthandler
import importlib.machinery
import importlib.util
import logging
import os
import pathlib
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator

from fer_keras.io.extras import not_installed

X86_64 = ("x86_64", "AMD64")
"""How Linux and Windows call a processor of that kind."""

NVIDIA_DRIVER = pathlib.Path("/proc/driver/nvidia/version")
"""Is there on Linux where a driver for NVIDIA's GPUs is loaded."""

LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
STANDARD_ERROR = 2
XLA_FLAGS = "XLA_FLAGS"

KERAS_BESIDES = ("sklearn", "pandas", "matplotlib")
"""What Keras loads with itself where it is installed, for wrappers, inputs and pictures that no command uses. A command
loads what it needs of these itself, later. TensorFlow Lite loads JAX, to convert what no command converts."""

_not_loaded = ()


def spare_keras_besides() -> None:
    """Let `prepare` load Keras without KERAS_BESIDES, in a process that is a command's own, not a user's program."""
    global _not_loaded
    _not_loaded = KERAS_BESIDES if _told_of_jax() else (*KERAS_BESIDES, "jax")


def prepare(*, training: bool) -> None:
    """Set TensorFlow's environment variables and load it; what it says while it loads does not reach the terminal.

    Call it before keras or tensorflow is imported; nothing is done where TensorFlow is loaded already, or not installed.
    What it says is shown where the import raises, where a driver for GPUs finds none, and where the user has asked for
    it by TF_CPP_MIN_LOG_LEVEL=0 or 1. Raises UserError, which names the extra, where keras is not installed.
    """
    if importlib.util.find_spec("keras") is None:
        raise not_installed("keras")
    if "tensorflow" in sys.modules or not has_tensorflow():
        return
    os.environ.update(for_tensorflow(training=training))
    logging.getLogger("tensorflow").addFilter(_is_no_retracing_warning)
    if os.environ[LOG_LEVEL] in ("0", "1"):
        with absent(_not_loaded):
            import tensorflow

        return
    with standard_error_held() as show, absent(_not_loaded):
        import tensorflow

        # The driver is asked here for the first time, and complains where there is none.
        if not tensorflow.config.list_physical_devices("GPU") and _expects_gpu():
            show()


@contextlib.contextmanager
def absent(packages: tuple[str, ...]) -> Iterator[None]:
    """Let none of `packages` that is not loaded yet be found within the block, as if it were not installed."""

    class Finder(importlib.machinery.PathFinder):
        @classmethod
        def find_spec(cls, name, path=None, target=None):
            return None if name.partition(".")[0] in packages else super().find_spec(name, path, target)

    before = list(sys.meta_path)
    sys.meta_path[:] = [Finder if each is importlib.machinery.PathFinder else each for each in before]
    try:
        yield
    finally:
        sys.meta_path[:] = before


def has_tensorflow() -> bool:
    """Return whether TensorFlow is installed; training on JAX goes without."""
    return importlib.util.find_spec("tensorflow") is not None


def for_tensorflow(*, training: bool) -> dict[str, str]:
    """Return what `os.environ` shall say before TensorFlow is first imported, less what the user has set there.

    Its log is quiet below errors. For `training` oneDNN's operations are on: by itself TensorFlow has them on only where
    the processor has AVX512_VNNI, AVX512_BF16 or AMX (release notes of 2.9,
    https://github.com/tensorflow/tensorflow/pull/56039), yet with AVX2 alone they train faster too, though they predict a
    single face more slowly (`python -m benchmarks.onednn`).
    """
    wanted = {LOG_LEVEL: "2"}
    if training and platform.machine() in X86_64:
        wanted["TF_ENABLE_ONEDNN_OPTS"] = "1"
    return {name: value for name, value in wanted.items() if name not in os.environ}


def add_xla_flag(flag: str) -> None:
    """Add `flag` to what XLA reads when it first compiles, unless it is there."""
    given = os.environ.get(XLA_FLAGS, "")
    if flag not in given.split():
        os.environ[XLA_FLAGS] = f"{given} {flag}".strip()


@contextlib.contextmanager
def xla_flags_before(flags: str) -> Iterator[None]:
    """Put `flags` before the user's XLA_FLAGS, which come last and win, for as long as the block lasts."""
    given = os.environ.get(XLA_FLAGS)
    os.environ[XLA_FLAGS] = f"{flags} {given or ''}"
    try:
        yield
    finally:
        if given is None:
            del os.environ[XLA_FLAGS]
        else:
            os.environ[XLA_FLAGS] = given


def escape_what_the_console_cannot_show() -> None:
    """Have standard output and error write a character that their encoding lacks as "\\xe9" instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


@contextlib.contextmanager
def standard_error_held() -> Iterator[Callable[[], None]]:
    """Hold back what this process writes to standard error, C++ included; give a call that shows it after all.

    It is shown, too, where the block raises. Python's `sys.stderr` cannot hold it: TensorFlow writes to the file
    descriptor, and heeds no log level before it has started.
    """
    try:
        terminal = os.dup(STANDARD_ERROR)
    except OSError:  # closed by who called: nobody is there to be spared
        yield lambda: None
        return
    with tempfile.TemporaryFile() as held, _crash_told_on(terminal):

        def show() -> None:
            held.seek(0)
            os.write(terminal, held.read())

        os.dup2(held.fileno(), STANDARD_ERROR)
        try:
            yield show
        except Exception:
            show()
            raise
        finally:
            os.dup2(terminal, STANDARD_ERROR)
            os.close(terminal)


@contextlib.contextmanager
def _crash_told_on(terminal: int) -> Iterator[None]:
    """Have Python say where it was if the process is killed by its own code, as on a processor that TensorFlow refuses."""
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(terminal)
    try:
        yield
    finally:
        faulthandler.disable()


def _told_of_jax() -> bool:
    """Say whether Keras's environment variable or its file names JAX, on which it computes then."""
    said = os.environ.get("KERAS_BACKEND", "")
    with contextlib.suppress(OSError, ValueError, RuntimeError):  # the last where nobody's home is known
        said += pathlib.Path(os.environ.get("KERAS_HOME", "~/.keras"), "keras.json").expanduser().read_text()
    return "jax" in said


def _is_no_retracing_warning(record: logging.LogRecord) -> bool:
    """Let all of TensorFlow's log pass but its guess that a function is traced too often.

    It counts functions from the same line of Keras together: a training of five phases, each of which compiles anew as
    its recipe says, looks to it like one that is traced five times by mistake.
    """
    return "triggered tf.function retracing" not in str(record.msg)


def _expects_gpu() -> bool:
    """Say whether there is an NVIDIA driver, and its GPUs are not hidden on purpose: then an error of it is the user's."""
    return NVIDIA_DRIVER.exists() and os.environ.get("CUDA_VISIBLE_DEVICES") not in ("", "-1")
