"""What TensorFlow is told before it is imported reaches it, and a user's own word comes first."""

import os
import platform
import subprocess
import sys

import pytest

from fer_keras import environment

ON = "oneDNN custom operations are on"


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in environment.X86_64, reason="oneDNN is set for x86-64 alone")
@pytest.mark.parametrize(("given", "is_on"), [({}, True), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, False)])
def test_onednn_is_on_unless_the_user_has_turned_it_off(given, is_on):
    unset = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    words = "from fer_keras import environment; environment.prepare_tensorflow(); import tensorflow"
    said = subprocess.run(
        [sys.executable, "-c", words],
        env=unset | {"TF_CPP_MIN_LOG_LEVEL": "0", "PYTHONPATH": os.getcwd()} | given,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stderr
    assert (ON in said) == is_on, said


def test_what_the_user_has_set_stays(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    environment.prepare_tensorflow()
    assert (os.environ["TF_CPP_MIN_LOG_LEVEL"], os.environ["TF_ENABLE_ONEDNN_OPTS"]) == ("0", "0")


def test_other_processors_are_left_as_tensorflow_has_them(monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    environment.prepare_tensorflow()
    assert "TF_ENABLE_ONEDNN_OPTS" not in os.environ
