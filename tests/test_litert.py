"""LiteRT is opened quietly, and refuses in one line."""

import importlib.metadata

import numpy as np
import pytest

from fer_keras import litert
from fer_keras.detection import blazeface
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


def test_memory_is_laid_out_once_a_shape_and_kept_for_the_last_ones(monkeypatch, capfd):
    laid_out = []
    network = litert.Shapes(blazeface._content(), "a LiteRT file", most=2, threads=1)
    monkeypatch.setattr(
        network, "_laid_out", lambda shape, made=network._laid_out: laid_out.append(shape[1:3]) or made(shape)
    )
    noise = np.random.default_rng(0).normal(size=(1, 192, 128, 3)).astype(np.float32)
    first = network(noise[:, :128])
    assert [len(output[0]) for output in network(noise)] == [896 * 3 // 2] * 2
    again = network(noise[:, :128])
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
    assert laid_out == [(192, 128)]
    network(noise[:, :64])
    network(noise)
    assert laid_out == [(192, 128), (64, 128), (192, 128)]
    assert capfd.readouterr().err == ""


def test_processors_are_shared_out_among_networks_that_run_at_once(monkeypatch):
    monkeypatch.setattr(litert, "processors", lambda: 8)
    assert [litert.share(users) for users in (1, 2, 3, 8, 9)] == [4, 4, 2, 1, 1]
