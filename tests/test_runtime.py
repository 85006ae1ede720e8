"""What TensorFlow is told before it is imported reaches it, and a user's own word comes first."""

import os
import platform
import subprocess
import sys

import pytest

from fer_keras import runtime

SWITCH = "TF_ENABLE_ONEDNN_OPTS"
SAYS_ON = "oneDNN custom operations are on"


@pytest.fixture
def unset(monkeypatch):
    """Take out what these tests themselves run under."""
    for name in ("TF_CPP_MIN_LOG_LEVEL", SWITCH):
        monkeypatch.delenv(name, raising=False)


def test_training_has_onednn_and_prediction_what_tensorflow_chooses(unset, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert runtime.for_tensorflow(training=True) == {"TF_CPP_MIN_LOG_LEVEL": "2", SWITCH: "1"}
    assert runtime.for_tensorflow(training=False) == {"TF_CPP_MIN_LOG_LEVEL": "2"}


def test_other_processors_are_left_as_tensorflow_has_them(unset, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert runtime.for_tensorflow(training=True) == {"TF_CPP_MIN_LOG_LEVEL": "2"}


def test_what_the_user_has_set_stays(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setenv(SWITCH, "0")
    assert runtime.for_tensorflow(training=True) == {}


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in runtime.X86_64, reason="only x86-64 is told of oneDNN")
@pytest.mark.parametrize(("given", "on"), [({}, True), ({SWITCH: "0"}, False)])
def test_tensorflow_heeds_it(unset, given, on):
    words = (
        "import os; from fer_keras import runtime; os.environ.update(runtime.for_tensorflow(training=True));"
        " import tensorflow"
    )
    asked = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "0", "PYTHONPATH": os.getcwd()} | given
    done = subprocess.run([sys.executable, "-c", words], env=asked, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert (SAYS_ON in done.stderr) == on, done.stderr
