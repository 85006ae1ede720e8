"""The pictures with known faces that benchmarks of detectors are measured on."""

import importlib.util
import sys

import numpy as np
import pytest
from PIL import Image

from benchmarks import detectors, framing, photos, scenes, thresholds
from fer_keras.detection import blazeface

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


def test_photos_are_written_in_order_with_the_portrait_s_face_where_the_frame_says(tmp_path, monkeypatch):
    monkeypatch.setattr(scenes, "backgrounds", lambda: [Image.new("RGB", (80, 60), (20, 20, 20))])
    portrait = np.zeros((512, 512, 3), np.uint8)
    portrait[60:175, 170:285] = 250
    monkeypatch.setattr(scenes, "astronaut", lambda: portrait)
    frames = photos.write_photos(tmp_path / "photos", 3)
    files = sorted((tmp_path / "photos").iterdir())
    assert [path.name for path in files] == ["000.jpg", "001.jpg", "002.jpg"]
    for path, (left, top, side, _) in zip(files, frames, strict=True):
        bright = np.argwhere(np.asarray(Image.open(path).convert("L")) > 128)
        assert bright.min(axis=0) == pytest.approx((top, left), abs=4)
        assert bright.max(axis=0) == pytest.approx((top + side, left + side), abs=4)
    assert [frame[2] for frame in frames] == [128, 192, 256]


def test_of_the_photos_those_whose_face_is_found_are_counted(tmp_path):
    rows = "file,left,top,width,height\n/p/000.jpg,100,100,40,40\n/p/000.jpg,0,0,9,9\n/p/001.jpg,,,,\n/p/002.jpg,5,5,40,40\n"
    (tmp_path / "found.csv").write_text(rows)
    assert photos._found(tmp_path / "found.csv", [(100.0, 100.0, 40.0, 40.0)] * 3) == (1, 2)


def test_a_trial_has_its_threshold_and_leaves_the_chosen_one(monkeypatch):
    chosen = blazeface.LEAST_LOGIT, blazeface.LEAST_AGREEMENT, blazeface.SURE
    monkeypatch.setattr(
        thresholds, "measure", lambda *_: (blazeface.LEAST_LOGIT, blazeface.LEAST_AGREEMENT, blazeface.SURE)
    )
    assert thresholds._tried({"LEAST_SCORE": 0.8}, None, 0) == (pytest.approx(np.log(4)), *chosen[1:])
    assert thresholds._tried({"LEAST_AGREEMENT": 0.9}, None, 0) == (chosen[0], 0.9, chosen[2])
    assert (blazeface.LEAST_LOGIT, blazeface.LEAST_AGREEMENT, blazeface.SURE) == chosen


@pytest.mark.parametrize("benchmark", [detectors, framing, thresholds])
def test_without_scikit_image_a_benchmark_is_one_line(benchmark, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(scenes, "public_faces", lambda data, count, seed: (FACE[None], np.zeros(1, np.uint8)))
    monkeypatch.setattr(benchmark, "open_detector", lambda name: None, raising=False)
    monkeypatch.setattr(sys, "argv", ["benchmark", "--data", "anywhere"])
    assert benchmark.main() == 2
    line = (
        "error: Expected scikit-image, whose pictures are the grounds. Received: none installed."
        " Run: pip install -r requirements-benchmarks.txt\n"
    )
    assert capsys.readouterr() == ("", line)
