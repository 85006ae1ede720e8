"""The pictures with known faces that benchmarks of detectors are measured on."""

import importlib.util
import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import detectors, framing, scenes

FACE = np.arange(48, dtype=np.uint8).repeat(48).reshape(48, 48) * 5


def test_a_face_is_pasted_where_its_frame_says():
    ground = Image.new("RGB", (scenes.WIDTH, scenes.HEIGHT), (7, 7, 7))
    scene = scenes.pasted("96 px", FACE, ground, 96, 0, "", np.random.default_rng(0))
    left, top, width, height = scene.frame
    assert (width, height) == (96, 96)
    assert 0 <= left <= scenes.WIDTH - 96
    assert 0 <= top <= scenes.HEIGHT - 96
    changed = np.argwhere((scene.pixels != 7).any(axis=2))
    assert abs(changed[:, 0].max() - (top + 96)) < 8
    assert abs(changed[:, 1].min() - left) < 8


@pytest.mark.parametrize("light", ["", *scenes.LIGHTS])
def test_every_light_keeps_the_size_and_type(light):
    lit = scenes.lit(FACE, light, np.random.default_rng(0))
    assert (lit.shape, lit.dtype) == ((48, 48), np.uint8)
    assert (lit == FACE).all() == (light == "")


def test_a_box_matches_a_frame_of_about_its_place_and_size():
    frame = (100.0, 100.0, 80.0, 80.0)
    assert scenes.matches((105, 110, 70, 70), frame)
    assert not scenes.matches((130, 100, 80, 80), frame)
    assert not scenes.matches((120, 120, 40, 40), frame)
    assert not scenes.matches((60, 60, 160, 160), frame)


def test_the_framing_is_the_median_frame_in_sides_of_the_box():
    frames, boxes = (
        [(10.0, 10.0, 60.0, 60.0)] * 3,
        [(20.0, 25.0, 40.0, 40.0), (20.0, 25.0, 40.0, 30.0), (0.0, 0.0, 1.0, 1.0)],
    )
    scale, right, down = framing._medians(frames, boxes)
    assert (scale, right, down) == (1.5, 0.0, 0.0)


@pytest.mark.parametrize("benchmark", [detectors, framing])
def test_without_scikit_image_a_benchmark_is_one_line(benchmark, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(scenes, "public_faces", lambda data, count, seed: (FACE[None], np.zeros(1, np.uint8)))
    monkeypatch.setattr(benchmark, "open_detector", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["benchmark", "--data", "anywhere"])
    assert benchmark.main() == 2
    line = (
        "error: Expected scikit-image, whose pictures are the grounds. Received: none installed."
        " Run: pip install -r requirements-benchmarks.txt\n"
    )
    assert capsys.readouterr() == ("", line)
