"""What `fer-keras predict` writes: lines, drawings, timelines; what cannot be written is one line and leaves no file."""

import csv
import os
import pathlib

import numpy as np
import pytest
from PIL import Image

from fer_keras.commands.main import main
from tests.inference.fakes import TWO, scene


def test_what_ends_early_leaves_no_file(here, monkeypatch, capsys):
    from fer_keras.inference import session

    def stopped(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "_photos", stopped)
    assert main(["predict", "photos", "--out", "found.txt"]) == 130
    assert not [name for name in os.listdir() if "found" in name]


def test_drawings_of_one_and_of_several(here, capsys):
    assert main(["predict", "photos/a.png", "--draw", "a.png"]) == 0
    assert (np.asarray(Image.open("a.png").convert("RGB")) != TWO).any()
    assert main(["predict", "photos/a.png", "photos/b.png", "photos/d.webp", "--draw", "drawn"]) == 0
    assert sorted(os.listdir("drawn")) == ["a.jpg", "b.jpg", "d.jpg"]
    assert main(["predict", "photos/a.png", "photos/b.png", "--draw", "a.png"]) == 2
    assert "Expected a folder for 2 inputs" in capsys.readouterr().err
    before = pathlib.Path("photos/a.png").read_bytes()
    assert main(["predict", "photos/a.png", "--draw", "photos/a.png"]) == 1
    assert pathlib.Path("photos/a.png").read_bytes() == before


@pytest.mark.parametrize("taken", ["photos/a.png", "model.tflite", "run/model.keras"])
def test_lines_never_take_the_place_of_an_input_or_the_model(here, capsys, taken):
    pathlib.Path("run").mkdir()
    for name in ("model.tflite", "run/model.keras"):
        pathlib.Path(name).write_bytes(b"a model")
    before = pathlib.Path(taken).read_bytes()
    model = "run" if taken.startswith("run") else "model.tflite"
    assert main(["predict", "photos/a.png", "--model", model, "--out", taken]) == 2
    assert "itself for --out. Received: " in capsys.readouterr().err
    assert pathlib.Path(taken).read_bytes() == before


def test_a_drawing_that_cannot_be_written_ends_it_and_leaves_no_lines(here, capsys):
    pathlib.Path("file").write_text("")
    assert main(["predict", "photos/a.png", "--draw", "file/a.png", "--out", "lines.txt"]) == 2
    assert "error: Cannot write file/a.png" in capsys.readouterr().err
    assert not pathlib.Path("lines.txt").exists()


def test_a_drawing_that_its_format_cannot_hold_is_one_line_and_the_others_are_drawn(here, capsys):
    Image.new("L", (66_000, 1)).save("photos/long.png")
    assert main(["predict", "photos/long.png", "photos/a.png", "--draw", "drawn"]) == 1
    (said, _) = [line for line in capsys.readouterr().err.splitlines() if "imum supported" not in line]
    assert said.startswith(
        "error: Expected a picture that .jpg can hold, for drawn/long.jpg. Received: 66000x1 pixels: "
    )
    assert os.listdir("drawn") == ["a.jpg"]


@pytest.mark.parametrize(
    "words", [["--out", "."], ["--out", "/"], ["--draw", "x" * 300 + ".jpg"], ["--out", "x" * 300]]
)
def test_an_output_that_can_be_no_file_is_one_line(here, capsys, words):
    assert main(["predict", "photos/a.png", *words]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(("error: Cannot write ", "error: Expected names that the file system takes"))


def test_a_timeline_without_a_video_is_said(here, capsys):
    assert main(["predict", "photos/a.png", "--timeline", "t.png"]) == 0
    assert capsys.readouterr().err == "note: there is no video among the inputs, so --timeline writes nothing\n"


def test_a_drawing_with_a_suffix_of_no_picture_is_refused(here, capsys):
    assert main(["predict", "photos/a.png", "--draw", "faces.xyz"]) == 2
    assert "A folder whose name has a point must be there already." in capsys.readouterr().err
    assert not pathlib.Path("faces.xyz").exists()
    pathlib.Path("faces.2026").mkdir()
    assert main(["predict", "photos/a.png", "--draw", "faces.2026"]) == 0
    assert pathlib.Path("faces.2026/a.jpg").is_file()


def test_a_video_has_a_row_a_face_and_frame_a_drawing_and_a_timeline(here, capsys):
    cv2 = pytest.importorskip("cv2")
    from fer_keras.inference.video import Video, VideoWriter

    writer = VideoWriter(here / "clip.mp4", 10.0)
    for number in range(12):
        writer.write(scene(200, 120, (10 + number, 20, 48, 200)), number / 10)
    writer.close()
    words = ["predict", "clip.mp4", "--format", "csv", "--out", "x.csv", "--draw", "y.mp4", "--timeline", "z.png"]
    assert main(words) == 0
    rows = list(csv.DictReader(pathlib.Path("x.csv").read_text().splitlines()))
    assert [(row["frame"], row["face"], row["emotion"]) for row in rows] == [
        (str(number), "0", "happy") for number in range(12)
    ]
    assert "clip.mp4: 12 frames in " in capsys.readouterr().err
    with Video("y.mp4") as drawn:
        assert len(list(drawn)) == 12
    assert pathlib.Path("z.png").stat().st_size > 5000 and cv2
    assert main(["predict", "clip.mp4", "--seconds", "0.45"]) == 0
    said = capsys.readouterr()
    assert "12 frames" not in said.err and "face 1: 0:00.0 to 0:00.4, 5 frames: happy" in said.out
