"""LiteRT is opened quietly, and refuses in one line."""

import importlib.metadata

import pytest

from fer_keras import litert
from fer_keras.io.errors import UserError


def test_what_is_no_network_is_refused_in_one_line(capfd):
    with pytest.raises(
        UserError, match=r"^Expected a LiteRT file at x.tflite. Received: something that LiteRT cannot run"
    ):
        litert.open_network(b"no network", "a LiteRT file at x.tflite")
    assert capfd.readouterr().err == ""


def test_without_litert_the_error_names_the_command(monkeypatch):
    def none(name):
        raise importlib.metadata.PackageNotFoundError(name)

    litert.version.cache_clear()
    monkeypatch.setattr(importlib.metadata, "version", none)
    with pytest.raises(UserError, match=r'none installed. Run: pip install "ai-edge-litert>=2.1,<3"'):
        litert.open_network(b"", "a LiteRT file")
    litert.version.cache_clear()


def test_processors_are_shared_out_among_networks_that_run_at_once(monkeypatch):
    monkeypatch.setattr(litert, "processors", lambda: 8)
    assert [litert.share(users) for users in (1, 2, 3, 8, 9)] == [4, 4, 2, 1, 1]
