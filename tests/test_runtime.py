"""What TensorFlow is told before it is imported reaches it, what it says stays off the terminal, streams bear any text."""

import io
import logging
import os
import pathlib
import platform
import subprocess
import sys

import pytest

from fer_keras import runtime
from fer_keras.io.errors import UserError

SWITCH = "TF_ENABLE_ONEDNN_OPTS"
SAYS_ON = "oneDNN custom operations are on"
LOADS = """
from fer_keras import runtime
runtime.spare_keras_besides()
runtime.prepare(training=True)
import tensorflow as tf, keras
print(tf.constant(1) + 1)
"""


@pytest.fixture
def unset(monkeypatch):
    """Take out what these tests themselves run under."""
    for name in (runtime.LOG_LEVEL, SWITCH):
        monkeypatch.delenv(name, raising=False)


def python(program, *, folder=None, **given):
    env = os.environ | {"PYTHONPATH": os.getcwd()} | given
    words = [sys.executable, "-c", program]
    return subprocess.run(words, env=env, cwd=folder, capture_output=True, text=True, timeout=120)


def test_training_has_onednn_and_prediction_what_tensorflow_chooses(unset, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert runtime.for_tensorflow(training=True) == {"TF_CPP_MIN_LOG_LEVEL": "2", SWITCH: "1"}
    assert runtime.for_tensorflow(training=False) == {"TF_CPP_MIN_LOG_LEVEL": "2"}


def test_other_processors_are_left_as_tensorflow_has_them(unset, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert runtime.for_tensorflow(training=True) == {"TF_CPP_MIN_LOG_LEVEL": "2"}


def test_what_the_user_has_set_stays(monkeypatch):
    monkeypatch.setenv(runtime.LOG_LEVEL, "0")
    monkeypatch.setenv(SWITCH, "0")
    assert runtime.for_tensorflow(training=True) == {}


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in runtime.X86_64, reason="only x86-64 is told of oneDNN")
@pytest.mark.parametrize(("given", "on"), [({}, True), ({SWITCH: "0"}, False)])
def test_tensorflow_heeds_it_and_its_log_is_there_for_who_asks(unset, given, on):
    done = python(LOADS, **{runtime.LOG_LEVEL: "0"}, **given)
    assert done.returncode == 0
    assert (SAYS_ON in done.stderr) == on, done.stderr


@pytest.mark.slow
def test_tensorflow_loads_and_computes_without_a_word_and_for_a_command_without_what_keras_loads_besides(unset):
    after = "import sys; print([name for name in (*runtime.KERAS_BESIDES, 'jax') if name in sys.modules])"
    done = python(f"{LOADS}{after}; import sklearn.metrics, jax")
    assert done.stderr == ""
    assert done.stdout.startswith("tf.Tensor(2") and done.stdout.endswith("[]\n")


def test_where_nobody_has_a_home_there_is_no_file_of_kerass(monkeypatch):
    def nobody(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(runtime, "_not_loaded", ())
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(pathlib.Path, "expanduser", nobody)
    runtime.spare_keras_besides()
    assert "jax" in runtime._not_loaded


@pytest.mark.parametrize(
    ("variable", "file", "spared"),
    [
        (None, None, True),
        ("tensorflow", '{"backend": "tensorflow"}', True),
        ("jax", None, False),
        (None, '{"backend": "jax"}', False),
    ],
)
def test_jax_is_loaded_at_once_where_keras_computes_on_it(monkeypatch, tmp_path, variable, file, spared):
    monkeypatch.setattr(runtime, "_not_loaded", ())
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if variable:
        monkeypatch.setenv("KERAS_BACKEND", variable)
    if file:
        (tmp_path / "keras.json").write_text(file)
    runtime.spare_keras_besides()
    assert ("jax" in runtime._not_loaded) == spared


FAKE = {
    "breaks": "import os; os.write(2, b'from C++: no such instruction\\n'); raise ImportError('cannot load')",
    "crashes": "import os; os.write(2, b'held\\n'); os.abort()",
    "speaks": """
import os, types
os.write(2, b'failed call to cuInit\\n')
config = types.SimpleNamespace(list_physical_devices=lambda kind: [])
""",
}


@pytest.fixture
def fake(tmp_path):
    """Return a function that puts a module called tensorflow into a folder and runs `prepare` there."""

    def run(kind, before="", **given):
        (tmp_path / "tensorflow.py").write_text(FAKE[kind])
        program = f"import os, pathlib\nfrom fer_keras import runtime\n{before}\nruntime.prepare(training=True)\nprint('after')"
        return python(program, PYTHONPATH=f"{tmp_path}{os.pathsep}{os.getcwd()}", **given)

    return run


def test_an_import_that_fails_shows_what_was_written_before_it(fake, unset):
    done = fake("breaks")
    assert done.returncode == 1
    assert done.stderr.startswith("from C++: no such instruction\n")
    assert "ImportError: cannot load" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX's signals")
def test_a_crash_while_it_loads_says_where_python_was(fake, unset):
    done = fake("crashes")
    assert done.returncode < 0
    assert "Fatal Python error: Aborted" in done.stderr and "tensorflow.py" in done.stderr


@pytest.mark.parametrize(
    ("driver", "hidden", "shown"),
    [
        ("missing", {}, False),
        ("there", {}, True),
        ("there", {"CUDA_VISIBLE_DEVICES": "-1"}, False),
        ("there", {"CUDA_VISIBLE_DEVICES": ""}, False),
    ],
)
def test_the_drivers_complaint_is_shown_only_where_there_is_a_driver(fake, unset, tmp_path, driver, hidden, shown):
    (tmp_path / "there").write_text("NVRM version")
    before = f"""
runtime.NVIDIA_DRIVER = pathlib.Path({str(tmp_path / driver)!r})
os.environ.pop("CUDA_VISIBLE_DEVICES", None)
os.environ |= {hidden}
"""
    done = fake("speaks", before)
    assert done.stdout == "after\n", done.stderr
    assert done.stderr == ("failed call to cuInit\n" if shown else "")


def test_where_tensorflow_is_missing_nothing_is_done(unset, monkeypatch):
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(runtime.importlib.util, "find_spec", {"keras": "there"}.get)
    runtime.prepare(training=True)
    assert SWITCH not in os.environ and "tensorflow" not in sys.modules


def test_where_keras_is_missing_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(runtime.importlib.util, "find_spec", {}.get)
    with pytest.raises(
        UserError, match=r"Expected keras to be installed. Received: none. pip install 'fer-keras\[train\]'"
    ):
        runtime.prepare(training=True)


def test_only_the_warning_of_retracing_is_left_out():
    def passes(text):
        return runtime._is_no_retracing_warning(logging.LogRecord("tensorflow", logging.WARNING, "", 0, text, (), None))

    assert not passes("{} out of the last {} calls to {} triggered tf.function retracing. Tracing is expensive")
    assert passes("Gradients do not exist for variables")


def test_flags_of_xla_are_added_once_and_for_a_moment(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "")  # so that it is put back, set before or not
    monkeypatch.delenv("XLA_FLAGS")
    with runtime.xla_flags_before("--a=1"):
        assert os.environ["XLA_FLAGS"].split() == ["--a=1"]
    assert "XLA_FLAGS" not in os.environ
    runtime.add_xla_flag("--b=2")
    runtime.add_xla_flag("--b=2")
    assert os.environ["XLA_FLAGS"] == "--b=2"
    with runtime.xla_flags_before("--a=1"):
        assert os.environ["XLA_FLAGS"].split() == ["--a=1", "--b=2"]
    assert os.environ["XLA_FLAGS"] == "--b=2"


def test_a_console_that_lacks_a_character_shows_its_number(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw.exe
    runtime.escape_what_the_console_cannot_show()
    print("§ \N{GREEK SMALL LETTER CHI}²", flush=True)
    assert written.getvalue().decode("cp1252").rstrip() == "§ \\u03c7²"
